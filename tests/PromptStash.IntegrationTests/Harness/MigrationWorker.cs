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
    public static Process Start(string? connectionString, string[] arguments, (string Name, string Value)[] environment) =>
        Start(new ProcessStartInfo("dotnet", [Program, .. arguments]), connectionString, environment);

    /// <summary>Starts one of its verbs on a terminal, where what it prints on either of its outputs comes out as one.</summary>
    public static Process StartOnTerminal(string connectionString, string arguments, params (string Name, string Value)[] environment) =>
        Start(new ProcessStartInfo("script", ["-qec", $"dotnet {Program} {arguments}", "/dev/null"]), connectionString, [("TERM", "xterm"), .. environment]);

    private static string Program => Path.Combine(AppContext.BaseDirectory, "PromptStash.MigrationService.dll");

    private static Process Start(ProcessStartInfo start, string? connectionString, (string Name, string Value)[] environment)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

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
