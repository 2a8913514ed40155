using System.Diagnostics;

namespace PromptStash.MigrationService;

/// <summary>Another program, run to its end. It and what it started do not outlive the wait for it.</summary>
internal static class ChildProcess
{
    /// <param name="start">The program, with standard output and standard error redirected.</param>
    /// <param name="cancellationToken">Kills it, with everything that it started.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        using var process = Process.Start(start) ?? throw new MigrationException($"{start.FileName} does not start.");
        if (start.RedirectStandardInput)
        {
            process.StandardInput.Close();
        }

        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output, await error);
    }
}
