using System.Diagnostics;
using System.Runtime.Versioning;
using Npgsql;
using PromptStash.LocalHost.PgBouncer;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class ConfiguringPgBouncer(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_what_the_verb_writes_lets_queries_through()
    {
        var database = await app.CreateDatabaseAsync();
        var folder = app.CreateFolder("pool");
        var port = FreePort.Choose();
        (await app.VerbAsync(database, "pgbouncer-config", "--user", EmbeddedPostgres.Role, "--output", folder, "--port", $"{port}")).Ends(0);

        using var pooler = await StartAsync(folder);
        try
        {
            var through = new NpgsqlConnectionStringBuilder(app.PgBouncer.ConnectionString(database)) { Port = port, Pooling = false }.ConnectionString;
            await Eventually.TrueAsync(async () => await AnswersAsync(through) == database, "PgBouncer lets a query through");
        }
        finally
        {
            pooler.Kill(entireProcessTree: true);
            await pooler.WaitForExitAsync(Cancelled);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Keeps_the_list_of_secrets_to_its_owner()
    {
        var folder = Directory.CreateDirectory(app.CreateFolder("pool")).FullName;
        var list = Path.Combine(folder, "userlist.txt");
        await File.WriteAllTextAsync(list, "for everybody to read", Cancelled);
        File.SetUnixFileMode(list, (UnixFileMode)0b110_100_100);

        (await app.VerbAsync(await app.CreateDatabaseAsync(), "pgbouncer-config", "--user", EmbeddedPostgres.Role, "--output", folder)).Ends(0);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(list));
    }

    [Fact]
    public async Task Writes_no_password_in_clear()
    {
        var answer = (await app.VerbAsync(await app.CreateDatabaseAsync(), "pgbouncer-config", "--user", EmbeddedPostgres.Role)).Ends(0);

        Assert.Contains("SCRAM-SHA-256$", answer.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Password, answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_a_role_that_does_not_exist_is_told_so()
    {
        var answer = (await app.VerbAsync(await app.CreateDatabaseAsync(), "pgbouncer-config", "--user", "nobody_at_all")).Ends(1);

        Assert.Contains("nobody_at_all", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lets_in_nobody_but_those_who_are_named()
    {
        var database = await app.CreateDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync($"CREATE ROLE {database}_app LOGIN PASSWORD 'of the pool'");
        await connection.ExecuteAsync($"CREATE ROLE {database}_admin LOGIN PASSWORD 'of the console'");

        var answer = (await app.VerbAsync(
            database, "pgbouncer-config", "--user", $"{database}_app", "--admin-user", $"{database}_admin", "--listen", "0.0.0.0", "--json")).Ends(0).Json;

        var users = answer.GetProperty("userList").GetString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('"')[1]);
        Assert.Equal([$"{database}_app", $"{database}_admin"], users);
        var lines = answer.GetProperty("pgBouncerIni").GetString()!.Split('\n');
        Assert.Contains($"stats_users = {database}_app", lines);
        Assert.Contains($"admin_users = {database}_admin", lines);
        Assert.Contains("listen_addr = 0.0.0.0", lines);
    }

    [Fact]
    public async Task With_another_user_for_its_console_has_monitoring_say_why_it_shows_no_pools()
    {
        var database = await app.CreateDatabaseAsync();
        var folder = app.CreateFolder("pool");
        var port = FreePort.Choose();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync($"CREATE ROLE {database}_watcher LOGIN PASSWORD 'of the console'");
        (await app.VerbAsync(
            database, "pgbouncer-config", "--user", EmbeddedPostgres.Role, "--stats-user", $"{database}_watcher", "--output", folder, "--port", $"{port}")).Ends(0);

        using var pooler = await StartAsync(folder);
        try
        {
            var through = new NpgsqlConnectionStringBuilder(app.PgBouncer.ConnectionString(database)) { Port = port, Pooling = false }.ConnectionString;
            await Eventually.TrueAsync(async () => await AnswersAsync(through) == database, "PgBouncer lets a query through");

            var answer = await Worker.RunAsync(app.Postgres.ConnectionString(database), [("ConnectionStrings__promptstash", through)], "monitor", "--json");

            Assert.Contains("stats_users", answer.Ends(0).Json.GetProperty("poolsHint").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            pooler.Kill(entireProcessTree: true);
            await pooler.WaitForExitAsync(Cancelled);
        }
    }

    private async Task<Process> StartAsync(string folder)
    {
        var start = new ProcessStartInfo(PgBouncerProcess.FindProgram()!, ["--quiet", Path.Combine(folder, "pgbouncer.ini")]) { RedirectStandardError = true, WorkingDirectory = folder };
        if (app.Postgres.User is { } user)
        {
            await user.OwnAsync(Cancelled, folder);
            start.UserName = user.Name;
        }

        var process = Process.Start(start)!;
        process.BeginErrorReadLine();

        return process;
    }

    private static async Task<string?> AnswersAsync(string connectionString)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(Cancelled);

            return await connection.ScalarAsync<string>("SELECT current_database()::text");
        }
        catch (NpgsqlException)
        {
            return null; // It does not listen yet.
        }
    }
}
