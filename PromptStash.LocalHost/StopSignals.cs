using System.Runtime.InteropServices;

namespace PromptStash.LocalHost;

/// <summary>Turns Ctrl-C, SIGTERM and the closing of the terminal into one token, from the first moment on.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() =>
        _registrations =
        [
            .. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP])
                .Select(signal => PosixSignalRegistration.Create(signal, Stop)),
        ];

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
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
