using System.Diagnostics;
using System.Globalization;

namespace PromptStash.LocalHost.Processes;

/// <summary>
/// Processes that an earlier start left behind, known only by the number in a pid file. A number alone proves nothing: after a restart of
/// the machine or of a container it belongs to somebody else, so nothing is stopped before its command line has been looked at.
/// </summary>
internal static class RunningProcess
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>The process number in the first line of a pid file, or null where there is no such file or number.</summary>
    public static int? ReadPidFile(string path)
    {
        try
        {
            var firstLine = File.ReadLines(path).FirstOrDefault();
            return int.TryParse(firstLine, CultureInfo.InvariantCulture, out var pid) && pid > 0 ? pid : null;
        }
        catch (IOException) when (!File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Whether any process has this number, also one that has ended and waits for its parent to notice.</summary>
    public static bool Exists(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The command line of a running process (on Windows, which keeps it to itself, the name), or an empty text.</summary>
    public static async Task<string> CommandLineAsync(int pid, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                return (await File.ReadAllTextAsync($"/proc/{pid}/cmdline", cancellationToken)).Replace('\0', ' ');
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return ""; // It has ended, also while it was read, or is somebody else's.
            }
        }

        if (!OperatingSystem.IsWindows())
        {
            return (await Command.RunAsync("/bin/ps", ["-o", "command=", "-p", $"{pid}"], cancellationToken)).Output;
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return process.ProcessName;
        }
        catch (ArgumentException)
        {
            return "";
        }
    }

    /// <summary>Whether the process runs and has <paramref name="part"/> on its command line.</summary>
    public static async Task<bool> WasStartedWithAsync(string part, int pid, CancellationToken cancellationToken) =>
        (await CommandLineAsync(pid, cancellationToken)).Contains(part, StringComparison.Ordinal);

    /// <summary>
    /// Asks the process that was started with <paramref name="part"/> to end, waits for it, and ends it hard when patience is over. Not for Windows.
    /// </summary>
    public static async Task StopAsync(int pid, string part, TimeSpan patience)
    {
        if (!await WasStartedWithAsync(part, pid, CancellationToken.None))
        {
            return;
        }

        await SignalAsync("TERM", pid);

        using var timeout = new CancellationTokenSource(patience);
        using var timer = new PeriodicTimer(PollInterval);
        try
        {
            while (await WasStartedWithAsync(part, pid, timeout.Token))
            {
                await timer.WaitForNextTickAsync(timeout.Token);
            }
        }
        catch (OperationCanceledException)
        {
            await SignalAsync("KILL", pid);
        }
    }

    // .NET can only kill. The shell's own kill is there also where no /bin/kill is installed; when it fails,
    // the process has ended already, which is what was wanted.
    private static Task<CommandResult> SignalAsync(string signal, int pid) =>
        Command.RunAsync("/bin/sh", ["-c", $"kill -{signal} {pid}"], CancellationToken.None);
}
