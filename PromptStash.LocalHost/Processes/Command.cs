using System.ComponentModel;
using System.Diagnostics;

namespace PromptStash.LocalHost.Processes;

/// <summary>What a command answered.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Everything it printed, errors last, for a message to the user.</summary>
    public string Everything => string.Join('\n', new[] { Output.Trim(), Error.Trim() }.Where(text => text.Length > 0));
}

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Runs a program, as <paramref name="user"/> when one is given, and returns its exit code and output. Cancelling kills it.
    /// </summary>
    public static async Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        UnprivilegedUser? user = null,
        string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The caller's own folder may be one that the unprivileged user cannot enter.
            WorkingDirectory = workingDirectory ?? Path.GetPathRoot(Environment.CurrentDirectory),
        };

        if (user is not null && !OperatingSystem.IsWindows())
        {
            start.UserName = user.Name;
        }

        using var process = Start(start);
        process.StandardInput.Close();
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

        try
        {
            await Task.WhenAll(output, error).WaitAsync(OutputGrace, cancellationToken);
        }
        catch (TimeoutException)
        {
            // A server that pg_ctl leaves behind holds on to the pipes on Windows: what is not read by now is not waited for.
        }

        return new CommandResult(process.ExitCode, Text(output), Text(error));
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new LocalHostException($"{start.FileName} did not start.");
        }
        catch (Win32Exception exception)
        {
            throw new LocalHostException($"{start.FileName} could not be started: {exception.Message}", exception);
        }
    }

    private static string Text(Task<string> reading) => reading.IsCompletedSuccessfully ? reading.Result : "";
}
