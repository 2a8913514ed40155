using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Extensions.Options;
using Npgsql;
using PromptStash.LocalHost.PgBouncer;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;
using PromptStash.MigrationService;

namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class ConfiguringPgBouncer(PromptStashApp app, TlsCluster encrypted) : IClassFixture<TlsCluster>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_what_the_verb_writes_lets_queries_through()
    {
        var database = await app.CreateDatabaseAsync();
        var folder = app.CreateFolder("pool");
        var port = FreePort.Choose();
        (await app.VerbAsync(database, "pgbouncer-config", "--user", EmbeddedPostgres.Role, "--output", folder, "--port", $"{port}")).Ends(0);

        await using var pooler = await StartAsync(folder);
        var through = new NpgsqlConnectionStringBuilder(app.PgBouncer.ConnectionString(database)) { Port = port, Pooling = false }.ConnectionString;
        await Eventually.TrueAsync(async () => await AnswersAsync(through) == database, "PgBouncer lets a query through");
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

        await using var pooler = await StartAsync(folder);
        var through = new NpgsqlConnectionStringBuilder(app.PgBouncer.ConnectionString(database)) { Port = port, Pooling = false }.ConnectionString;
        await Eventually.TrueAsync(async () => await AnswersAsync(through) == database, "PgBouncer lets a query through");

        var answer = await Worker.RunAsync(app.Postgres.ConnectionString(database), [("ConnectionStrings__promptstash", through)], "monitor", "--json");

        Assert.Contains("stats_users", answer.Ends(0).Json.GetProperty("poolsHint").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lets_the_administrator_of_the_console_give_orders_and_nobody_else()
    {
        var database = await app.CreateDatabaseAsync();
        var folder = app.CreateFolder("pool");
        var port = FreePort.Choose();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync($"CREATE ROLE {database}_admin LOGIN PASSWORD 'of the console'");
        (await app.VerbAsync(
            database, "pgbouncer-config", "--user", EmbeddedPostgres.Role, "--admin-user", $"{database}_admin", "--output", folder, "--port", $"{port}")).Ends(0);

        await using var pooler = await StartAsync(folder);
        var through = new NpgsqlConnectionStringBuilder(app.PgBouncer.ConnectionString(database)) { Port = port, Pooling = false };
        await Eventually.TrueAsync(async () => await AnswersAsync(through.ConnectionString) == database, "PgBouncer lets a query through");
        var admin = new NpgsqlConnectionStringBuilder(through.ConnectionString.As($"{database}_admin", "of the console"));

        foreach (var order in (string[])["PAUSE", "RESUME", "RECONNECT"])
        {
            Assert.Contains("admin access needed", await TellAsync(through, order), StringComparison.Ordinal);
        }

        Assert.Equal("PAUSE", await TellAsync(admin, "PAUSE"));
        var waiting = AnswersAsync(through.ConnectionString);
        await Eventually.TrueAsync(
            async () => (await TellAsync(admin, "SHOW POOLS")).Split('\n').Any(line => line.Split('|') is [var name, _, _, "1", ..] && name == database), "the query waits");
        Assert.Equal("RESUME", await TellAsync(admin, "RESUME"));
        Assert.Equal(database, await waiting);
        Assert.Equal("RECONNECT", await TellAsync(admin, "RECONNECT"));
        Assert.Equal(database, await AnswersAsync(through.ConnectionString));
    }

    [Fact]
    public async Task To_keep_track_of_prepared_statements_is_understood_from_version_1_21_on()
    {
        var database = await app.CreateDatabaseAsync();
        var folder = app.CreateFolder("pool");
        var port = FreePort.Choose();
        (await app.VerbAsync(database, "pgbouncer-config", "--user", EmbeddedPostgres.Role, "--prepared-statements", "--output", folder, "--port", $"{port}")).Ends(0);

        await using var pooler = await StartAsync(folder);
        if (await VersionAsync() < new Version(1, 21))
        {
            await pooler.Process.WaitForExitAsync(Cancelled);
            Assert.NotEqual(0, pooler.Process.ExitCode);
            Assert.Contains(pooler.Said, line => line.Contains("max_prepared_statements", StringComparison.Ordinal));

            return;
        }

        var through = new NpgsqlConnectionStringBuilder(app.PgBouncer.ConnectionString(database)) { Port = port, Pooling = false, MaxAutoPrepare = 0 }.ConnectionString;
        await Eventually.TrueAsync(async () => await AnswersAsync(through) == database, "PgBouncer lets a query through");
        await using var one = await OpenAsync(through);
        await using var command = new NpgsqlCommand("SELECT 47 + $1", one) { Parameters = { new() { Value = 1 } } };
        await command.PrepareAsync(Cancelled);
        Assert.Equal(48, await command.ExecuteScalarAsync(Cancelled));

        // Other sessions in between, so that the statement meets a server connection that has not seen it.
        await using var others = await OpenAsync(through);
        await using var transaction = await others.BeginTransactionAsync(Cancelled);
        await others.ExecuteAsync("SELECT 1");
        Assert.Equal(48, await command.ExecuteScalarAsync(Cancelled));
    }

    [Fact]
    public async Task Encrypts_on_both_sides_and_looks_at_the_servers_certificate()
    {
        var folder = app.CreateFolder("pool");
        var port = FreePort.Choose();
        await PrepareAsync(folder, port, "encrypted", $"sslmode=verify-full&sslrootcert={encrypted.Authority}");

        await using (var pooler = await StartAsync(folder))
        {
            var through = Through(port, "encrypted", SslMode.VerifyFull);
            await Eventually.TrueAsync(async () => await AnswersAsync(through) == "encrypted", "PgBouncer lets a query through");
            await using var connection = await OpenAsync(through);
            Assert.True(await connection.ScalarAsync<bool>("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));

            var refused = await Assert.ThrowsAnyAsync<NpgsqlException>(() => OpenAsync(Through(port, "encrypted", SslMode.Disable)));
            Assert.Contains("SSL required", refused.Message, StringComparison.Ordinal);
        }

        var ini = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            ini, (await File.ReadAllTextAsync(ini, Cancelled)).Replace($"server_tls_ca_file = {encrypted.Authority}", $"server_tls_ca_file = {encrypted.OtherAuthority}", StringComparison.Ordinal), Cancelled);
        await using (var pooler = await StartAsync(folder))
        {
            await Eventually.TrueAsync(
                async () => await AnswersAsync(Through(port, "encrypted", SslMode.VerifyFull)) is null && pooler.Said.Any(line => line.Contains("certificate verify failed", StringComparison.Ordinal)),
                "PgBouncer refuses the server of another authority");
        }
    }

    [Fact]
    public async Task Shows_the_server_the_certificate_that_the_worker_shows()
    {
        var folder = Directory.CreateDirectory(app.CreateFolder("pool")).FullName;
        var port = FreePort.Choose();
        var (certificate, key) = (Path.Combine(folder, "client.pem"), Path.Combine(folder, "client.key"));
        File.Copy(encrypted.ClientCertificate, certificate);
        File.Copy(encrypted.ClientKey, key);
        await PrepareAsync(folder, port, "mutual", $"sslmode=verify-full&sslrootcert={encrypted.Authority}&sslcert={certificate}&sslkey={key}");

        await using var pooler = await StartAsync(folder);

        await Eventually.TrueAsync(async () => await AnswersAsync(Through(port, "mutual", SslMode.VerifyFull)) == "mutual", "PgBouncer lets a query through");
    }

    /// <summary>The configuration of a pool that offers TLS in front of the server that takes nothing else.</summary>
    private async Task PrepareAsync(string folder, int port, string database, string parameters)
    {
        Directory.CreateDirectory(folder);
        File.Copy(encrypted.ServerCertificate, Path.Combine(folder, "server.crt"));
        File.Copy(encrypted.ServerKey, Path.Combine(folder, "server.key"));
        if (app.Postgres.User is { } user)
        {
            await user.LetThroughAsync(Path.GetDirectoryName(encrypted.Authority)!, Cancelled);
            await user.OwnAsync(Cancelled, encrypted.OtherAuthority);
        }

        (await Worker.RunAsync(
            null,
            [("DATABASE_URL", encrypted.Url("localhost", database, parameters))],
            "pgbouncer-config", "--user", EmbeddedPostgres.Role, "--client-tls", folder, "--output", folder, "--port", string.Create(CultureInfo.InvariantCulture, $"{port}"))).Ends(0);
    }

    private string Through(int port, string database, SslMode mode) => new NpgsqlConnectionStringBuilder(encrypted.Postgres.ConnectionString(database))
    {
        Host = "localhost",
        Port = port,
        Pooling = false,
        NoResetOnClose = true,
        SslMode = mode,
        RootCertificate = mode == SslMode.VerifyFull ? encrypted.Authority : null,
        ChannelBinding = ChannelBinding.Disable,
    }.ConnectionString;

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Cancelled);

        return connection;
    }

    /// <summary>Gives an order on PgBouncer's console, and answers what it says.</summary>
    private static async Task<string> TellAsync(NpgsqlConnectionStringBuilder through, string order)
    {
        var console = new NpgsqlConnectionStringBuilder(through.ConnectionString) { Database = "pgbouncer" };
        var psql = await new ClientTools(Options.Create(new MigrationOptions())).FindAsync("psql", 0, Cancelled);
        try
        {
            return (await ClientTools.RunAsync(psql, ["--no-psqlrc", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", "--command", order], console, Cancelled)).Trim();
        }
        catch (MigrationException exception)
        {
            return exception.Message;
        }
    }

    private static async Task<Version> VersionAsync() =>
        Version.Parse((await Command.RunAsync(PgBouncerProcess.FindProgram()!, ["--version"], Cancelled)).Output.Split('\n')[0].Split(' ')[^1]);

    private async Task<Pooler> StartAsync(string folder)
    {
        var start = new ProcessStartInfo(PgBouncerProcess.FindProgram()!, [Path.Combine(folder, "pgbouncer.ini")]) { RedirectStandardError = true, WorkingDirectory = folder };
        if (app.Postgres.User is { } user)
        {
            await user.OwnAsync(Cancelled, folder);
            start.UserName = user.Name;
        }

        return new Pooler(Process.Start(start)!);
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

    /// <summary>A running PgBouncer, and what it says.</summary>
    private sealed class Pooler : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> _said = new();

        public Pooler(Process process)
        {
            Process = process;
            process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
            process.BeginErrorReadLine();
        }

        public Process Process { get; }

        public IEnumerable<string> Said => _said;

        public async ValueTask DisposeAsync()
        {
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync(CancellationToken.None);
            Process.Dispose();
        }
    }
}
