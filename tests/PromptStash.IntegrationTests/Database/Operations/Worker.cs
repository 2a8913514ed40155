using Npgsql;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>What a verb of the worker answered.</summary>
/// <param name="ExitCode">0 done, 1 failed, 2 bad command line, 3 refused, 4 findings.</param>
/// <param name="Output">Standard output alone.</param>
/// <param name="Errors">Standard error: the log and the one line.</param>
internal sealed record WorkerAnswer(int ExitCode, string Output, string Errors)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Output);

    /// <summary>The answer, after a look at the exit code; everything printed is in the message when it is another.</summary>
    public WorkerAnswer Ends(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"Exit code {ExitCode}, not {exitCode}:\n{Output}\n{Errors}");

        return this;
    }
}

/// <summary>The verbs as an operator runs them.</summary>
internal static class Worker
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static Task<WorkerAnswer> VerbAsync(this PromptStashApp app, string database, params string[] arguments) =>
        RunAsync(app.Postgres.ConnectionString(database), [], arguments);

    public static async Task<WorkerAnswer> RunAsync(string? connectionString, (string Name, string Value)[] environment, params string[] arguments)
    {
        using var process = MigrationWorker.Start(connectionString, arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync(Cancelled);
        var errors = process.StandardError.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);
        var answer = new WorkerAnswer(process.ExitCode, await output, await errors);
        Assert.DoesNotContain("   at ", answer.Output + answer.Errors, StringComparison.Ordinal);

        return answer;
    }

    /// <summary>The connection string of another role.</summary>
    public static string As(this string connectionString, string role, string password) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Username = role, Password = password }.ConnectionString;
}
