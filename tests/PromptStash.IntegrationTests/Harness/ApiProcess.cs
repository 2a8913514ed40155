using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using PromptStash.LocalHost.Processes;

namespace PromptStash.IntegrationTests;

/// <summary>The API as an operator runs it: a process of its own, which can be told to stop, or killed.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    /// <summary>Several start at once on a machine that has other things to do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly ConcurrentQueue<string> PrintedLines = new();

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    private ApiProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What all that have ended printed.</summary>
    public static IReadOnlyCollection<string> Printed => PrintedLines;

    /// <summary>Everything that it has printed.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<ApiProcess> StartAsync(params (string Name, string Value)[] environment)
    {
        var api = new ApiProcess(Launch(
        [
            ("Identity__RequireVerifiedEmail", "false"),
            ("Identity__Hashing__MemoryKiB", "8192"),
            ("Identity__Hashing__Passes", "1"),
            ("RateLimits__AnonymousPerSecond", "100000"),
            .. environment,
        ]));
        await api.SaysAsync(Listening);
        api.Address = new Uri(api._lines.First(line => line.Contains(Listening, StringComparison.Ordinal)).Split(Listening)[1]);

        return api;
    }

    /// <summary>Starts one with these settings alone, for whoever reads its output and waits for its end.</summary>
    public static Process Launch(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "PromptStash.Api.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Only what a test says counts, whatever is set where the tests run.
        foreach (var name in (string[])["ConnectionStrings__promptstash", "DATABASE_URL"])
        {
            start.Environment.Remove(name);
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for words in its output.</summary>
    public Task SaysAsync(string words) => Eventually.TrueAsync(
        () =>
        {
            var said = _lines.Any(line => line.Contains(words, StringComparison.Ordinal));
            Assert.True(said || !_process.HasExited, Output);

            return Task.FromResult(said);
        },
        $"the API says '{words}'",
        Patience);

    /// <summary>Tells it to stop, as Docker, Kubernetes and systemd do.</summary>
    public async Task TerminateAsync()
    {
        var result = await Command.RunAsync("/bin/sh", ["-c", $"kill -TERM {_process.Id.ToString(CultureInfo.InvariantCulture)}"], TestContext.Current.CancellationToken);
        Assert.True(result.Succeeded, result.Everything);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await _process.WaitForExitAsync(patience.Token);

        return _process.ExitCode;
    }

    /// <summary>Takes it away in the middle of whatever it does.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        foreach (var line in _lines)
        {
            PrintedLines.Enqueue(line);
        }

        _process.Dispose();
    }
}
