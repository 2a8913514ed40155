using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PromptStash.IntegrationTests.Identity;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.PgBouncer;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;
using PromptStash.MigrationService;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>How a house differs from production's.</summary>
internal sealed record FaultyHouseOptions
{
    /// <summary>The API goes past the pooler.</summary>
    public bool Direct { get; init; }

    /// <summary>The database alone, without the server's log of changes, is on a disk of its own of this many MiB.</summary>
    public int? DatabaseDisk { get; init; }

    /// <summary>The server's log of changes (WAL) is on a disk of its own of this many MiB.</summary>
    public int? WalDisk { get; init; }
}

/// <summary>A server, a pooler and an API that a test may break: what is acknowledged is on disk, as in production.</summary>
internal sealed class FaultyHouse : IAsyncDisposable
{
    private readonly PromptStashApp _app;
    private readonly string _password = RandomNumberGenerator.GetHexString(32);
    private readonly string _folder;
    private readonly FaultyHouseOptions _options;
    private PostgresServer _server = null!;

    private FaultyHouse(PromptStashApp app, FaultyHouseOptions options)
    {
        _app = app;
        _options = options;
        _folder = app.CreateFolder("faulty");
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public EmbeddedPostgres Postgres { get; private set; } = null!;

    public PgBouncerProcess PgBouncer { get; private set; } = null!;

    public WebApplication Api { get; private set; } = null!;

    /// <summary>The disk that the options asked for.</summary>
    public SmallDisk Disk { get; private set; } = null!;

    /// <summary>What the API has to say of a request that failed.</summary>
    public LogRecorder Log { get; } = new();

    private string Cluster => EmbeddedPostgres.ClusterIn(Path.Combine(_folder, "postgres"));

    public static async Task<FaultyHouse> StartAsync(PromptStashApp app, FaultyHouseOptions? options = null)
    {
        var house = new FaultyHouse(app, options ?? new());
        try
        {
            await house.StartAsync();
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }

        return house;
    }

    /// <summary>PostgreSQL gives everything up as if the power had gone, and recovers.</summary>
    public async Task CrashPostgresAsync()
    {
        var result = await Command.RunAsync(_server.PgCtl, ["restart", "--mode=immediate", $"--pgdata={Cluster}", "--wait", "--silent", $"--log={Postgres.LogFile}"], Cancelled, Postgres.User, _folder);
        Assert.True(result.Succeeded, result.Everything);
    }

    public async Task RestartPostgresAsync()
    {
        var result = await Command.RunAsync(_server.PgCtl, ["restart", "--mode=fast", $"--pgdata={Cluster}", "--wait", "--silent", $"--log={Postgres.LogFile}"], Cancelled, Postgres.User, _folder);
        Assert.True(result.Succeeded, result.Everything);
    }

    /// <summary>The server's first process is killed, and with it goes everything that it had in memory.</summary>
    public async Task KillPostgresAsync()
    {
        var port = Postgres.Port;
        var pid = RunningProcess.ReadPidFile(Postgres.PidFile)!.Value;

        // All at once: a session that outlived the first process would keep the next one from starting.
        await Command.RunAsync("/bin/sh", ["-c", $"kill -9 {pid} $(ps -o pid= --ppid {pid})"], Cancelled);
        await Postgres.DisposeAsync();
        await StartPostgresAsync(port);
    }

    /// <summary>Stops what is left of the server, if anything is, and starts it again.</summary>
    public async Task StartPostgresAgainAsync()
    {
        var port = Postgres.Port;
        await Postgres.DisposeAsync();
        await StartPostgresAsync(port);
    }

    /// <summary>Every page on disk has the checksum it was written with; only a server that is stopped can be checked.</summary>
    public async Task CheckPagesAsync()
    {
        var port = Postgres.Port;
        await Postgres.DisposeAsync();
        var checker = Path.Combine(DumpableCluster.FolderWithClientTools(), "pg_checksums");
        var result = await Command.RunAsync(checker, ["--check", $"--pgdata={Cluster}"], Cancelled, Postgres.User, _folder);
        Assert.True(result.Succeeded, result.Everything);
        await StartPostgresAsync(port);
    }

    public async Task KillPgBouncerAsync()
    {
        var port = PgBouncer.Port;
        using (var process = Process.GetProcessById(RunningProcess.ReadPidFile(PgBouncer.PidFile)!.Value))
        {
            process.Kill();
        }

        await StartPgBouncerAsync(port);
    }

    /// <summary>Tells PgBouncer's console, which must do as it is told: a refused PAUSE would leave nothing to survive.</summary>
    public async Task TellPgBouncerAsync(string command)
    {
        var psql = await new ClientTools(Options.Create(new MigrationOptions())).FindAsync("psql", 0, Cancelled);
        var console = new NpgsqlConnectionStringBuilder(PgBouncer.ConnectionString("pgbouncer"));
        await ClientTools.RunAsync(psql, ["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command", command], console, Cancelled);
    }

    /// <summary>Ends all sessions of the API, and is not content with none.</summary>
    public async Task EndSessionsAsync()
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Postgres.ConnectionString("postgres")) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancelled);
        var ended = await connection.ScalarAsync<long>(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'promptstash' AND pid <> pg_backend_pid()");
        Assert.True(ended > 0, "There was no session to end.");
    }

    /// <summary>The sessions that the API has at the server, which PgBouncer opened for it, as text.</summary>
    public async Task<List<string>> SessionsAsync()
    {
        await using var connection = await OpenAsync();

        return await connection.ColumnAsync(
            "SELECT pid || ' since ' || backend_start FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'");
    }

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Postgres.ConnectionString()) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancelled);

        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (Api is not null)
        {
            await Api.DisposeAsync();
        }

        if (PgBouncer is not null)
        {
            await PgBouncer.DisposeAsync();
        }

        if (Postgres is not null)
        {
            await Postgres.DisposeAsync();
        }

        if (Disk is not null)
        {
            await Disk.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        Directory.CreateDirectory(_folder);
        var user = await UnprivilegedUser.ChooseAsync(Cluster, Cancelled);
        if (user is not null)
        {
            await user.LetThroughAsync(_folder, Cancelled);
        }

        _server = await AskedPostgres.FindAsync(user, Cancelled);
        await StartPostgresAsync(port: null);
        if (_options.WalDisk is { } wal)
        {
            await MoveWalAsync(await MountAsync(wal));
        }

        await StartPgBouncerAsync(port: null);
        var migration = await MigrationWorker.RunAsync(Postgres.ConnectionString(), Cancelled);
        Assert.True(migration.ExitCode == 0, migration.Output);
        if (_options.DatabaseDisk is { } size)
        {
            await MoveDatabaseAsync(await MountAsync(size));
        }

        Api = await _app.StartApiAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(_app.Time);
                builder.Logging.AddProvider(Log);
            },
            ("ConnectionStrings:promptstash", _options.Direct ? Postgres.ConnectionString() : PgBouncer.ConnectionString()));
    }

    private async Task<SmallDisk> MountAsync(int size)
    {
        Disk = await SmallDisk.MountAsync(Path.Combine(_folder, "disk"), size, Cancelled);
        if (Postgres.User is { } user)
        {
            await user.OwnAsync(Cancelled, Disk.Folder);
        }

        return Disk;
    }

    private async Task MoveDatabaseAsync(SmallDisk disk)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Postgres.ConnectionString("postgres")) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancelled);
        await connection.ExecuteAsync($"CREATE TABLESPACE small LOCATION '{disk.Folder}'");

        // Of the worker, whose end PostgreSQL has perhaps not noticed yet: nobody may be inside.
        await connection.ExecuteAsync("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", EmbeddedPostgres.Role);
        await connection.ExecuteAsync($"ALTER DATABASE {EmbeddedPostgres.Role} SET TABLESPACE small");
    }

    private async Task MoveWalAsync(SmallDisk disk)
    {
        var port = Postgres.Port;
        await Postgres.DisposeAsync();
        var wal = Path.Combine(Cluster, "pg_wal");
        var moved = await Command.RunAsync("/bin/sh", ["-c", $"cp -a '{wal}/.' '{disk.Folder}' && rm -r '{wal}' && ln -s '{disk.Folder}' '{wal}'"], Cancelled);
        Assert.True(moved.Succeeded, moved.Everything);
        await StartPostgresAsync(port);
    }

    private async Task StartPostgresAsync(int? port) => Postgres = await EmbeddedPostgres.StartAsync(
        _server,
        new EmbeddedPostgresOptions(Path.Combine(_folder, "postgres"), _password)
        {
            PreferredPort = port,
            // So little is kept for reuse that a full disk is felt at the next segment of 16 MiB.
            Settings = _options.WalDisk is null
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { ["min_wal_size"] = "32MB", ["max_wal_size"] = "64MB" },
        },
        Cancelled);

    private async Task StartPgBouncerAsync(int? port) => PgBouncer = await PgBouncerProcess.StartAsync(
        Postgres, new PgBouncerOptions(Path.Combine(_folder, "pgbouncer"), _password) { PreferredPort = port }, Cancelled);
}
