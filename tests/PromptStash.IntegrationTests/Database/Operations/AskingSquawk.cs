using Microsoft.Extensions.Options;
using PromptStash.LocalHost.Processes;
using PromptStash.MigrationService;
using PromptStash.MigrationService.Linting;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>The linter that npm fetches, and an npm that never answers.</summary>
public sealed class AskingSquawk(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("CREATE INDEX i ON s.t (c);", "require-concurrent-index-creation")]
    [InlineData("DROP INDEX s.i;", "require-concurrent-index-deletion")]
    [InlineData("START TRANSACTION;\nCREATE INDEX CONCURRENTLY i ON s.t (c);\nCOMMIT;", "ban-concurrent-index-creation-in-transaction")]
    [InlineData("ALTER TABLE s.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES s.u (id);", "adding-foreign-key-constraint")]
    [InlineData("ALTER TABLE s.t ADD CONSTRAINT k CHECK (a > 0);", "constraint-missing-not-valid")]
    [InlineData("ALTER TABLE s.t ADD CONSTRAINT k UNIQUE (a);", "disallowed-unique-constraint")]
    [InlineData("ALTER TABLE s.t ADD x uuid DEFAULT gen_random_uuid();", "adding-field-with-default")]
    [InlineData("ALTER TABLE s.t ALTER COLUMN a SET NOT NULL;", "adding-not-nullable-field")]
    [InlineData("START TRANSACTION;\nBEGIN;\nCOMMIT;", "transaction-nesting")]
    [InlineData("this is no SQL;", "syntax-error")]
    public async Task Finds_what_stops_users_and_says_where(string sql, string rule)
    {
        var findings = await NewSquawk().CheckAsync(sql, isContractPhase: false, Cancelled);

        Assert.Contains(findings, finding => finding.Rule == rule && finding.Message.StartsWith("Line ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY i ON s.t (c);\n\nSTART TRANSACTION;\nINSERT INTO s.\"__EFMigrationsHistory\" VALUES ('1', '10');\nCOMMIT;")]
    [InlineData("START TRANSACTION;\nALTER TABLE s.t ADD c text;\nCOMMIT;")]
    [InlineData("START TRANSACTION;\nALTER TABLE s.t ADD CONSTRAINT k CHECK (a > 0) NOT VALID;\nCOMMIT;")]
    public async Task Finds_nothing_in_what_stops_nobody(string sql) =>
        Assert.Empty(await NewSquawk().CheckAsync(sql, isContractPhase: false, Cancelled));

    [Fact]
    public async Task Leaves_a_column_that_becomes_required_in_the_contract_phase_to_the_rules_of_operations() =>
        Assert.Empty(await NewSquawk().CheckAsync("ALTER TABLE s.t ALTER COLUMN a SET NOT NULL;", isContractPhase: true, Cancelled));

    [Fact]
    public async Task That_does_not_answer_ends_it_when_the_limit_is_over_and_says_so()
    {
        var npm = SilentNpm();

        var answer = (await Worker.RunAsync(
            "Host=127.0.0.1", [npm.Path, ("Migration__WaitForSquawk", "00:00:01")], "lint", "--all")).Ends(1);

        Assert.Contains("Squawk did not answer within 00:00:01", answer.Errors, StringComparison.Ordinal);
        await HasEndedAsync(npm.PidFile);
    }

    [Fact]
    public async Task That_does_not_answer_ends_it_when_the_worker_is_stopped()
    {
        var npm = SilentNpm();
        using var worker = MigrationWorker.Start("Host=127.0.0.1", ["lint", "--all"], [npm.Path]);
        var errors = worker.StandardError.ReadToEndAsync(Cancelled);
        await Eventually.TrueAsync(() => Task.FromResult(RunningProcess.ReadPidFile(npm.PidFile) is not null), "npm was started");

        await Command.RunAsync("/bin/sh", ["-c", $"kill -TERM {worker.Id}"], Cancelled);

        await worker.WaitForExitAsync(Cancelled);
        Assert.Equal(1, worker.ExitCode);
        Assert.Contains("Stopped before the end", await errors, StringComparison.Ordinal);
        await HasEndedAsync(npm.PidFile);
    }

    private static Squawk NewSquawk() => new(Options.Create(new MigrationOptions()), TimeProvider.System);

    /// <summary>An npm whose program goes on for ever, as one does that waits for a registry; its number is in the file.</summary>
    private ((string Name, string Value) Path, string PidFile) SilentNpm()
    {
        var folder = app.CreateFolder("npm");
        Directory.CreateDirectory(folder);
        var pidFile = Path.Combine(folder, "pid");
        var npm = Path.Combine(folder, "npm");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserExecute;
        }

        using var script = new StreamWriter(npm, options);
        script.Write($"#!/bin/sh\nsleep 3600 &\necho $! >'{pidFile}.new' && mv '{pidFile}.new' '{pidFile}'\nwait\n");

        return (("PATH", $"{folder}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}"), pidFile);
    }

    /// <summary>What npm started is gone, too. One whose parent has not noticed has no command line any more.</summary>
    private static async Task HasEndedAsync(string pidFile)
    {
        var pid = RunningProcess.ReadPidFile(pidFile)!.Value;

        await Eventually.TrueAsync(async () => (await RunningProcess.CommandLineAsync(pid, Cancelled)).Length == 0, "what npm started has ended");
    }
}
