using System.Net.Sockets;

namespace PromptStash.IntegrationTests;

/// <summary>
/// Stands between the API and PgBouncer and, when told to, cuts a connection at the worst moment: the next COMMIT reaches the server and is
/// carried out, and its answer never comes back.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private int _armed;
    private int _cuts;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many commits were cut off.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    public void CutNextCommit() => Volatile.Write(ref _armed, 1);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
        var cut = new TaskCompletionSource();
        var forth = PumpAsync(client.GetStream(), server.GetStream(), bytes =>
        {
            if (bytes.IndexOf("COMMIT"u8) >= 0 && Interlocked.Exchange(ref _armed, 0) == 1)
            {
                Interlocked.Increment(ref _cuts);
                cut.SetResult();
            }

            return true;
        });

        // Once cut, the server's next answer is taken as the sign that it committed, and kept back.
        var back = PumpAsync(server.GetStream(), client.GetStream(), _ => !cut.Task.IsCompleted);
        await Task.WhenAny(forth, back);
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<ReadOnlySpan<byte>, bool> pass)
    {
        var buffer = new byte[65536];
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0 && pass(buffer.AsSpan(0, read)))
            {
                await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other direction ended first.
        }
    }
}
