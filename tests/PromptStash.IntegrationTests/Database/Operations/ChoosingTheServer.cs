using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class ChoosingTheServer(PromptStashApp app, DumpableCluster cluster)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_the_tests_on_the_version_that_was_asked_for()
    {
        await using var connection = await app.OpenDatabaseAsync("postgres");
        var major = await MajorOfAsync(connection);

        Assert.Equal(AskedPostgres.Major ?? app.Server.Major, major);
    }

    // pg_dump refuses a server that is newer than itself, and not every server comes with one.
    [Fact]
    public async Task Tries_backups_on_that_version_too_where_it_has_a_pg_dump_and_else_says_on_which()
    {
        await cluster.CreateDatabaseAsync();
        await using var connection = await cluster.OpenAsync("postgres");
        var major = await MajorOfAsync(connection);

        var asked = AskedPostgres.Major ?? app.Server.Major;
        var installed = new[] { $"/usr/lib/postgresql/{asked}/bin/pg_dump", $"/usr/pgsql-{asked}/bin/pg_dump", Path.Combine(app.Server.BinFolder, "pg_dump") }.Any(File.Exists);
        Assert.Equal(DumpableCluster.MajorOf(DumpableCluster.FolderWithClientTools()), major);
        if (installed)
        {
            Assert.Equal(asked, major);
        }
        else
        {
            Assert.NotEqual(asked, major);
            TestContext.Current.AddWarning($"Backups are tried on PostgreSQL {major}: of {asked}, on which the other tests run, there is no pg_dump here.");
        }
    }

    [Theory]
    [InlineData("14", 1, "install postgresql-14")]
    [InlineData("1", 1, "install postgresql-1.")]
    [InlineData("16", 0, "asked for 16")]
    [InlineData(null, 0, "asked for nothing, found in nothing")]
    [UnsupportedOSPlatform("windows")]
    public async Task Forgets_what_was_chosen_before_and_takes_that_one_or_none(string? version, int exitCode, string told)
    {
        var (code, output) = await TestShAsync(version is null ? [] : ["--postgres", version]);

        Assert.Equal(exitCode, code);
        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.DoesNotContain("/chosen/before", output, StringComparison.Ordinal);
        Assert.Equal(exitCode == 0, output.Contains("2 passed, 0 failed", StringComparison.Ordinal));
    }

    /// <summary>test.sh, with a 'dotnet' that tells what it was given and runs nothing.</summary>
    [UnsupportedOSPlatform("windows")]
    private async Task<(int Code, string Output)> TestShAsync(string[] arguments)
    {
        var folder = Directory.CreateDirectory(app.CreateFolder("path")).FullName;
        var dotnet = Path.Combine(folder, "dotnet");
        await File.WriteAllTextAsync(
            dotnet,
            """
            #!/bin/sh
            echo "asked for ${PROMPTSTASH_TEST_POSTGRES:-nothing}, found in ${PROMPTSTASH_POSTGRES_BIN:-nothing}"
            echo "  succeeded: 2"
            echo "  failed: 0"
            """,
            Cancelled);
        File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "PromptStash.sln")))
        {
            root = root.Parent!;
        }

        var start = new ProcessStartInfo(Path.Combine(root.FullName, "test.sh"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["PROMPTSTASH_POSTGRES_BIN"] = "/chosen/before";
        start.Environment["PROMPTSTASH_TEST_POSTGRES"] = "4711";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancelled);
        var errors = process.StandardError.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);

        return (process.ExitCode, await output + await errors);
    }

    private static async Task<int> MajorOfAsync(Npgsql.NpgsqlConnection connection) =>
        int.Parse((await connection.ScalarAsync<string>("SHOW server_version_num"))!, CultureInfo.InvariantCulture) / 10_000;
}
