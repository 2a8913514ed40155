using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

namespace PromptStash.IntegrationTests.Database;

/// <summary>Settings and servers that are not as they should be: each is answered with exit code 1 and with what to do about it.</summary>
public sealed class MisleadingTheMigrationWorker(PromptStashApp app)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Through_PgBouncer_is_told_the_setting_that_goes_past_it()
    {
        var database = await app.CreateDatabaseAsync();

        var output = await FailsAsync(app.PgBouncer.ConnectionString(database));

        Assert.Contains("ConnectionStrings__promptstash-direct", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Through_PgBouncer_leaves_no_lock_behind()
    {
        var database = await app.CreateDatabaseAsync();

        await FailsAsync(app.PgBouncer.ConnectionString(database));

        await using var connection = await app.OpenDatabaseAsync(database);
        Assert.Empty(await connection.ColumnAsync(
            "SELECT l.locktype FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' AND d.datname = $1", database));
    }

    [Fact]
    public async Task With_no_setting_is_told_which_ones_there_are()
    {
        var output = await FailsAsync(null);

        Assert.Contains("ConnectionStrings__promptstash", output, StringComparison.Ordinal);
        Assert.Contains("DATABASE_URL=postgresql://", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prompts")]
    [InlineData("Host=127.0.0.1;Port=many;Username=u;Password=se;cret")]
    [InlineData("Host=127.0.0.1;Frobnicate=1;Password=secret")]
    [InlineData("Database=promptstash;Username=u;Password=secret")]
    [InlineData("postgresql://u:secret@127.0.0.1/promptstash")]
    public async Task With_a_connection_string_that_is_none_is_told_which_setting_and_how_it_looks(string connectionString)
    {
        var output = await FailsAsync(connectionString);

        Assert.Contains("ConnectionStrings__promptstash-direct", output, StringComparison.Ordinal);
        Assert.Contains("Host=…", output, StringComparison.Ordinal);
        Assert.DoesNotContain("cret", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_address_that_is_none_is_told_how_it_looks_and_not_its_password()
    {
        var output = await FailsAsync(null, ("DATABASE_URL", "postgresql://u:secret@127.0.0.1/promptstash?sslmod=require"));

        Assert.Contains("sslmod", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_wait_that_is_no_time_is_told_the_setting()
    {
        var output = await FailsAsync(app.DirectConnection, ("Migration__WaitForDatabase", "a while"));

        Assert.Contains("Migration:WaitForDatabase", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_wrong_password_is_told_so_and_repeats_no_password()
    {
        var settings = new NpgsqlConnectionStringBuilder(app.DirectConnection) { Password = "open-sesame-47" };

        var output = await FailsAsync(settings.ConnectionString);

        Assert.Contains("password", output, StringComparison.Ordinal);
        Assert.DoesNotContain("open-sesame-47", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_database_that_does_not_exist_is_told_so()
    {
        var output = await FailsAsync(app.Postgres.ConnectionString("no_such_database"));

        Assert.Contains("no_such_database", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_listens_gives_up_when_its_time_is_over()
    {
        var port = FreePort.Choose();
        var started = Stopwatch.GetTimestamp();

        var output = await FailsAsync(ConnectionStringTo(port), ("Migration__WaitForDatabase", "00:00:02"));

        Assert.Contains($"127.0.0.1:{port}", output, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(2), Bound);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";Timeout=0")] // for ever, in Npgsql
    public async Task Where_somebody_listens_and_never_answers_gives_up_too(string settings)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var started = Stopwatch.GetTimestamp();

        var output = await FailsAsync(
            ConnectionStringTo(((IPEndPoint)listener.LocalEndpoint).Port) + settings, ("Migration__WaitForDatabase", "00:00:02"));

        Assert.Contains("did not answer", output, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Bound);
    }

    [Fact(DisplayName = "F19: Waits for a server that starts later")]
    public async Task Waits_for_a_server_that_starts_later()
    {
        var port = FreePort.Choose();
        using var worker = MigrationWorker.Start(ConnectionStringTo(port));
        await SaysAsync(worker, "Waiting");

        await using var server = await StartClusterAsync(port);
        var output = await worker.StandardOutput.ReadToEndAsync(Cancelled);
        await worker.WaitForExitAsync(Cancelled);

        Assert.True(worker.ExitCode == 0, output);
    }

    private static async Task<string> FailsAsync(string? connectionString, params (string Name, string Value)[] environment)
    {
        var (exitCode, output) = await MigrationWorker.RunAsync(connectionString, Cancelled, environment);

        Assert.True(exitCode == 1, $"Exit code {exitCode}: {output}");
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);

        return output;
    }

    /// <summary>Into the maintenance database, which is there as soon as the server is.</summary>
    private static string ConnectionStringTo(int port) =>
        $"Host=127.0.0.1;Port={port};Username={EmbeddedPostgres.Role};Password=later;Database=postgres;GSS Encryption Mode=Disable";

    private static async Task SaysAsync(Process worker, string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(Bound);
        while (await worker.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The worker ended without saying '{text}'.");
    }

    private async Task<EmbeddedPostgres> StartClusterAsync(int port)
    {
        var folder = app.CreateFolder("late");
        var user = await UnprivilegedUser.ChooseAsync(folder, Cancelled);
        var server = await AskedPostgres.FindAsync(user, Cancelled);

        return await EmbeddedPostgres.StartAsync(
            server, new EmbeddedPostgresOptions(folder, "later") { PreferredPort = port, Durable = false }, Cancelled);
    }
}
