using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using MimeKit;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>Takes mails as a server does (RFC 5321), as far as a client goes that sends them. It can be stopped and started again.</summary>
internal sealed class FakeMailServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<MimeMessage> _mails = new();
    private readonly int _port;
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private FakeMailServer(int port) => _port = port;

    /// <summary>The settings with which an API sends its mails here.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Mail:Smtp:Host", "127.0.0.1"),
        ("Mail:Smtp:Port", _port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("Mail:Smtp:Security", "None"),
        ("Mail:PickupFolder", ""),
    ];

    public IReadOnlyCollection<MimeMessage> Mails => _mails;

    /// <summary>Addresses that there are not here.</summary>
    public ConcurrentDictionary<string, bool> Unknown { get; } = new(StringComparer.Ordinal);

    /// <summary>Addresses that are too busy to take anything now.</summary>
    public ConcurrentDictionary<string, bool> Busy { get; } = new(StringComparer.Ordinal);

    public static FakeMailServer Start()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var server = new FakeMailServer(((IPEndPoint)probe.LocalEndpoint).Port);
        probe.Stop();
        server.GoOn();

        return server;
    }

    public void GoOn()
    {
        _stop = new CancellationTokenSource();
        var listener = new TcpListener(IPAddress.Loopback, _port);
        listener.Start();
        _running = ListenAsync(listener, _stop.Token);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    public async Task<MimeMessage> WaitAsync(string address, string subject)
    {
        MimeMessage? found = null;
        await Eventually.TrueAsync(
            () =>
            {
                found = _mails.LastOrDefault(mail => mail.To.Mailboxes.Single().Address == address && mail.Subject!.Contains(subject, StringComparison.Ordinal));

                return Task.FromResult(found is not null);
            },
            $"a mail '{subject}' has come to {address}");

        return found!;
    }

    public async Task<Uri> LinkAsync(string address, string subject) => Mailbox.LinkIn(await WaitAsync(address, subject));

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task ListenAsync(TcpListener listener, CancellationToken stop)
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                sessions.Add(TalkAsync(await listener.AcceptTcpClientAsync(stop), stop));
            }
        }
        catch (OperationCanceledException)
        {
            listener.Stop();
            await Task.WhenAll(sessions);
        }
    }

    private async Task TalkAsync(TcpClient client, CancellationToken stop)
    {
        using var connection = client;
        try
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 fake".AsMemory(), stop);
            while (await reader.ReadLineAsync(stop) is { } line)
            {
                var isData = line.Equals("DATA", StringComparison.OrdinalIgnoreCase);
                await writer.WriteLineAsync(AnswerTo(line).AsMemory(), stop);
                if (isData)
                {
                    _mails.Enqueue(await ReadMailAsync(reader, stop));
                    await writer.WriteLineAsync("250 taken".AsMemory(), stop);
                }

                if (line.Equals("QUIT", StringComparison.OrdinalIgnoreCase))
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client hung up, or the server is stopped.
        }
    }

    private string AnswerTo(string line) =>
        line.Equals("DATA", StringComparison.OrdinalIgnoreCase) ? "354 go on"
        : line.Equals("QUIT", StringComparison.OrdinalIgnoreCase) ? "221 bye"
        : line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase) && Unknown.Keys.Any(address => line.Contains(address, StringComparison.Ordinal)) ? "550 no such mailbox"
        : line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase) && Busy.Keys.Any(address => line.Contains(address, StringComparison.Ordinal)) ? $"450 {line[8..]} is busy"
        : "250 ok";

    private static async Task<MimeMessage> ReadMailAsync(StreamReader reader, CancellationToken stop)
    {
        var text = new StringBuilder();
        for (string? line; (line = await reader.ReadLineAsync(stop)) != ".";)
        {
            // Half a mail is none: its sender was stopped in the midst of it.
            _ = line ?? throw new IOException("The client hung up before the end of its mail.");
            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        using var bytes = new MemoryStream(Encoding.Latin1.GetBytes(text.ToString()));

        return await MimeMessage.LoadAsync(bytes, stop);
    }
}
