using System.Runtime.InteropServices;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost;

/// <summary>Turns Ctrl-C, SIGTERM, the closing of the terminal and the end of 'dotnet run' into one token, from the first moment on.</summary>
internal sealed class StopSignals : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    private readonly Task _watching;

    public StopSignals()
    {
        _registrations =
        [
            .. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP])
                .Select(signal => PosixSignalRegistration.Create(signal, Stop)),
        ];
        _watching = DotnetRun.WatchAsync(ended: _stop.Cancel, _stop.Token);
    }

    public CancellationToken Token => _stop.Token;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        // Not the process's end, but the beginning of an orderly one.
        context.Cancel = true;
        _stop.Cancel();
    }
}
