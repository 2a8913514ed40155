using System.Security.Cryptography;
using PromptStash.MigrationService;

namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class CallingTheWorker(PromptStashApp app)
{
    private const string Nowhere = "Host=127.0.0.1;Port=1;Username=u;Password=secret-47;Database=promptstash";

    /// <summary>Stands for a backup that is sound, so that nothing but the server is missing.</summary>
    private const string Backup = "(a backup)";

    public static TheoryData<string> Verbs => 
    [
        "migrate", "status", "script", "rollback", "lint", "seed", "reset", "backup", "restore", "verify", "monitor", "explain", "roles", "pgbouncer-config",
    ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task For_help_shows_examples_and_what_the_exit_codes_mean(string verb)
    {
        var answer = (await Worker.RunAsync(null, [], verb, "--help")).Ends(0);

        Assert.Contains($"PromptStash.MigrationService {verb}", answer.Output, StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0 done", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_help_without_a_verb_shows_examples_of_what_is_wanted_first()
    {
        var answer = (await Worker.RunAsync(null, [], "--help")).Ends(0);

        Assert.All(["migrate --backup-first", "backup", "monitor --watch 5"], verb => Assert.Contains($"  PromptStash.MigrationService {verb}", answer.Output, StringComparison.Ordinal));
        Assert.Contains("Exit codes: 0 done", answer.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("migrat")]
    [InlineData("status", "--jsn")]
    [InlineData("rollback")]
    [InlineData("roles", "--statement-timeout", "soon")]
    [InlineData("roles", "--statement-timeout", "-1")]
    [InlineData("seed", "--size", "large", "--files", "-5")]
    [InlineData("monitor", "--watch", "0")]
    [InlineData("backup", "a.dump", "--schema-only", "--data-only")]
    [InlineData("seed", "--size", "huge")]
    [InlineData("script", "nowhere")]
    [InlineData("script", "stashes", "--to", "NoSuchMigration")]
    public async Task With_bad_arguments_ends_with_2_and_one_line(params string[] arguments)
    {
        var answer = (await Worker.RunAsync(Nowhere, [], arguments)).Ends(2);

        Assert.Empty(answer.Output);
        Assert.Single(answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData]
    [InlineData("migrate")]
    [InlineData("seed")]
    [InlineData("status")]
    [InlineData("roles")]
    [InlineData("pgbouncer-config")]
    [InlineData("migrate", "--dry-run")]
    [InlineData("rollback", "sharing", "0")]
    [InlineData("lint")]
    [InlineData("monitor")]
    [InlineData("explain", "1")]
    [InlineData("backup", "/tmp/never-written.dump")]
    [InlineData("reset", "--yes-delete-everything", "promptstash")]
    [InlineData("seed", "--size", "large")]
    [InlineData("restore", Backup)]
    [InlineData("restore", Backup, "--swap")]
    [InlineData("verify", Backup)]
    public async Task Where_nobody_listens_ends_with_1_and_one_line_that_names_the_place_and_no_password(params string[] arguments)
    {
        arguments = [.. arguments.Select(argument => argument == Backup ? WriteBackup() : argument)];

        var answer = (await Worker.RunAsync(Nowhere, [("Migration__WaitForDatabase", "00:00:00"), ("Logging__LogLevel__Default", "Error")], arguments)).Ends(1);

        Assert.Empty(answer.Output);
        Assert.Contains("127.0.0.1:1", Assert.Single(answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-47", answer.Errors, StringComparison.Ordinal);
    }

    private string WriteBackup()
    {
        byte[] dump = [47];
        var file = new FileInfo(Path.Combine(Directory.CreateDirectory(app.CreateFolder("backup")).FullName, "promptstash.dump"));
        File.WriteAllBytes(file.FullName, dump);
        File.WriteAllBytes(
            BackupManifest.FileOf(file).FullName,
            new BackupManifest(
                BackupManifest.CurrentFormat, BackupKind.Full, "promptstash", new("UTF8", "C.UTF-8", "C.UTF-8"), "15.1", "pg_dump 15", app.Time.GetUtcNow(), [], [],
                dump.Length, Convert.ToHexStringLower(SHA256.HashData(dump))).ToBytes());

        return file.FullName;
    }

    [Fact]
    public async Task To_migrate_with_json_prints_nothing_else_on_standard_output()
    {
        var answer = (await app.VerbAsync(await app.CreateDatabaseAsync(), "migrate", "--json")).Ends(0);

        Assert.True(answer.Json.GetProperty("upToDate").GetBoolean());
    }
}
