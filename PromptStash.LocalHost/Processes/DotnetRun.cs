using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace PromptStash.LocalHost.Processes;

/// <summary>
/// 'dotnet run' starts this program as a child, and one that is killed leaves the child running, with the data folder locked and nobody
/// who knows. So the child ends when that parent does. A parent of any other kind, such as a shell, may leave as it likes.
/// </summary>
internal static partial class DotnetRun
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Calls <paramref name="ended"/> when the 'dotnet run' that started this process has ended.</summary>
    public static async Task WatchAsync(Action ended, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // There a console window takes its processes along.
        }

        try
        {
            var parent = GetParent();
            if (!Pattern.IsMatch(await RunningProcess.CommandLineAsync(parent, cancellationToken)))
            {
                return;
            }

            // No event tells of the end of a process that is not a child; but the number of the parent changes with it.
            using var timer = new PeriodicTimer(Interval);
            while (GetParent() == parent)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return; // This process ends first, as usual.
        }

        ended();
    }

    [DllImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetParent();

    [GeneratedRegex(@"(^|/)dotnet run\b")]
    private static partial Regex Pattern { get; }
}
