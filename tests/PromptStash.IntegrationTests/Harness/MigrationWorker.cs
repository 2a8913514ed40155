using System.Diagnostics;

namespace PromptStash.IntegrationTests;

/// <summary>The migration worker as an operator runs it: a process with an exit code and an output.</summary>
internal static class MigrationWorker
{
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string? connectionString, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        using var process = Start(connectionString, environment);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);

        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Starts it without waiting; whoever starts it reads its output or kills it.</summary>
    public static Process Start(string? connectionString, params (string Name, string Value)[] environment) => Start(connectionString, [], environment);

    /// <summary>Starts one of its verbs.</summary>
    public static Process Start(string? connectionString, string[] arguments, (string Name, string Value)[] environment)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "PromptStash.MigrationService.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };

        // Only what a test says counts, whatever is set where the tests run.
        foreach (var name in (string[])["ConnectionStrings__promptstash-direct", "ConnectionStrings__promptstash", "DATABASE_URL"])
        {
            start.Environment.Remove(name);
        }

        if (connectionString is not null)
        {
            start.Environment["ConnectionStrings__promptstash-direct"] = connectionString;
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
