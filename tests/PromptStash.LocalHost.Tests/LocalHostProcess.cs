using System.Diagnostics;
using System.Text;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Tests;

/// <summary>LocalHost as its user starts it: a process of its own, known by what it prints.</summary>
internal sealed class LocalHostProcess : IAsyncDisposable
{
    private const string ReadyLine = "PromptStash is ready at ";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LocalHostProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => EndedBeforeItWasReady();
    }

    public int Id => _process.Id;

    /// <summary>Everything printed so far.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
            {
                return _printed.ToString();
            }
        }
    }

    /// <summary>Starts it on a free port with a data folder, and does not wait.</summary>
    public static LocalHostProcess Start(string data, params IEnumerable<string> arguments) =>
        Start(["--port", "0", "--data", data, .. arguments], new Dictionary<string, string>());

    public static LocalHostProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "PromptStash.LocalHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var started = new LocalHostProcess(start);
        started._process.Start();
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();

        return started;
    }

    /// <summary>The address, once it is ready.</summary>
    public Task<Uri> ReadyAsync() => _ready.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>The exit code, once it has ended.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public Task SignalAsync(string signal) =>
        Command.RunAsync("/bin/sh", ["-c", $"kill -{signal} {Id}"], CancellationToken.None);

    /// <summary>Ends it without a chance to tidy up, its servers not included.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await SignalAsync("TERM");
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience);
        }

        _process.Dispose();
    }

    private void EndedBeforeItWasReady()
    {
        _process.WaitForExit(); // For the rest of what it printed.
        _ready.TrySetException(new InvalidOperationException($"LocalHost ended before it was ready:\n{Printed}"));
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_printed)
        {
            _printed.AppendLine(line);
        }

        if (line.StartsWith(ReadyLine, StringComparison.Ordinal))
        {
            _ready.TrySetResult(new Uri(line[ReadyLine.Length..]));
        }
    }
}
