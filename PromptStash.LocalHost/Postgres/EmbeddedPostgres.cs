using System.Globalization;
using Npgsql;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Postgres;

/// <summary>What a cluster is made and started with.</summary>
/// <param name="Folder">A folder for it alone; it belongs to the user the server runs as.</param>
/// <param name="Password">The password of the role <see cref="EmbeddedPostgres.Role"/>, given when the cluster is created and needed ever after.</param>
internal sealed record EmbeddedPostgresOptions(string Folder, string Password)
{
    /// <summary>The port to use where it is free.</summary>
    public int? PreferredPort { get; init; }

    /// <summary>Settings of postgresql.conf for this start, such as <c>max_connections</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>False for a throw-away cluster: nothing is flushed to disk, which makes it faster and its data worthless after a crash.</summary>
    public bool Durable { get; init; } = true;
}

/// <summary>
/// A PostgreSQL server of our own on a free port of 127.0.0.1. It runs apart from this process and its terminal, so that Ctrl-C does not reach it
/// and the order of stopping stays ours; a server that a killed process left behind is stopped by the next start on the same folder.
/// </summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    /// <summary>The role that owns the cluster, and the name of the database that is always there.</summary>
    public const string Role = "promptstash";

    private const int PortAttempts = 3;
    private const long LogSizeToKeep = 10 * 1024 * 1024;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    // lower() has to fold more than ASCII, sort order has to be the same everywhere, and neither may depend on ICU, which not every
    // build has. C.UTF-8 is all that; where the system lacks it, the next best is taken.
    private static readonly string[] Locales = OperatingSystem.IsWindows() ? ["en-US"] : ["C.UTF-8", "C.utf8", "en_US.UTF-8"];

    private readonly PostgresServer _server;
    private readonly EmbeddedPostgresOptions _options;
    private readonly UnprivilegedUser? _user;
    private bool _running;

    private EmbeddedPostgres(PostgresServer server, EmbeddedPostgresOptions options, UnprivilegedUser? user)
    {
        _server = server;
        _options = options;
        _user = user;
    }

    public int Port { get; private set; }

    /// <summary>The user the server runs as, or null when that is the user of this process.</summary>
    public UnprivilegedUser? User => _user;

    public string LogFile => Path.Combine(_options.Folder, "postgres.log");

    public string PidFile => Path.Combine(Cluster, "postmaster.pid");

    private string Cluster => ClusterIn(_options.Folder);

    /// <summary>The major version a folder's cluster was made with, or null where there is none yet.</summary>
    public static int? MajorOf(string folder)
    {
        var file = Path.Combine(ClusterIn(folder), "PG_VERSION");
        return File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Where the cluster lives in its folder.</summary>
    public static string ClusterIn(string folder) => Path.Combine(Path.GetFullPath(folder), "cluster");

    /// <summary>Creates the cluster if there is none, starts it, and returns when it takes connections and its database exists.</summary>
    public static async Task<EmbeddedPostgres> StartAsync(
        PostgresServer server, EmbeddedPostgresOptions options, CancellationToken cancellationToken)
    {
        options = options with { Folder = Path.GetFullPath(options.Folder) };
        var user = await UnprivilegedUser.ChooseAsync(ClusterIn(options.Folder), cancellationToken);
        var postgres = new EmbeddedPostgres(server, options, user);
        try
        {
            await postgres.PrepareFolderAsync(cancellationToken);
            await postgres.StopLeftOverAsync(cancellationToken);
            await postgres.CreateClusterAsync(cancellationToken);
            await postgres.StartServerAsync(cancellationToken);
            await postgres.CreateDatabaseAsync(Role, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            await postgres.DisposeAsync();
            throw new LocalHostException(
                $"The database in {postgres.Cluster} has another password than the one remembered for it. Bring back the file that "
                + "remembers it (state.json, for LocalHost) from the same backup, or start with another data folder.", exception);
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }

        return postgres;
    }

    /// <summary>A direct connection, with statements prepared automatically.</summary>
    public string ConnectionString(string database = Role, string applicationName = "promptstash-local") =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = Role,
            Password = _options.Password,
            Database = database,
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            GssEncryptionMode = GssEncryptionMode.Disable,
            ApplicationName = applicationName,
        }.ConnectionString;

    /// <summary>The direct connection as an address, for psql and other tools of libpq.</summary>
    public string Url(string database = Role) =>
        string.Create(CultureInfo.InvariantCulture, $"postgresql://{Role}:{_options.Password}@127.0.0.1:{Port}/{database}");

    /// <summary>Creates a database unless it exists.</summary>
    public async Task CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(ConnectionString("postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync(cancellationToken);

        await using var find = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection);
        find.Parameters.Add(new() { Value = name });
        if (await find.ExecuteScalarAsync(cancellationToken) is not null)
        {
            return;
        }

        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Completes when the server has ended without <see cref="StopAsync"/>.</summary>
    public async Task EndedAsync(CancellationToken cancellationToken)
    {
        // It is not a child of this process, so no event tells.
        using var timer = new PeriodicTimer(LookInterval);
        while (await RunsAsync(cancellationToken))
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Stops the server: open connections are ended, everything is on disk afterwards.</summary>
    public async Task StopAsync()
    {
        if (!_running)
        {
            return;
        }

        _running = false;
        foreach (var mode in (string[])["fast", "immediate"])
        {
            // It may also have ended by itself, before or meanwhile: what counts is that nothing runs any more.
            var result = await PgCtlAsync(["stop", $"--mode={mode}", "--timeout=30"], CancellationToken.None);
            if (result.Succeeded || !await RunsAsync(CancellationToken.None))
            {
                return;
            }
        }

        throw new LocalHostException(
            $"PostgreSQL (process {RunningProcess.ReadPidFile(PidFile)}) does not stop. Its log, {LogFile}, may say why. End it by hand before the next start.");
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task PrepareFolderAsync(CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(_options.Folder);
        if (_user is not null)
        {
            await _user.OwnAsync(cancellationToken, _options.Folder);
            await _user.EnsureReachesAsync(_options.Folder, cancellationToken);
        }

        if (new FileInfo(LogFile) is { Exists: true, Length: > LogSizeToKeep })
        {
            File.Move(LogFile, LogFile + ".1", overwrite: true);
        }
    }

    private async Task StopLeftOverAsync(CancellationToken cancellationToken)
    {
        if (RunningProcess.ReadPidFile(PidFile) is not { } pid || !RunningProcess.Exists(pid))
        {
            return; // PostgreSQL itself tells what a crash left.
        }

        var commandLine = await RunningProcess.CommandLineAsync(pid, cancellationToken);
        if (!commandLine.Contains("postgres", StringComparison.Ordinal))
        {
            // The number has gone to another program since, as after a restart of the machine. PostgreSQL would take that for itself
            // and refuse to start, and pg_ctl would stop the wrong one.
            File.Delete(PidFile);
        }
        else if (commandLine.Contains(Cluster, StringComparison.Ordinal) || OperatingSystem.IsWindows())
        {
            _running = true;
            await StopAsync();
        }

        // Else it is some other PostgreSQL, or ours started by another way: the start fails and says so, rather than guess.
    }

    private async Task<bool> RunsAsync(CancellationToken cancellationToken) =>
        RunningProcess.ReadPidFile(PidFile) is { } pid
        && (await RunningProcess.CommandLineAsync(pid, cancellationToken)).Contains("postgres", StringComparison.Ordinal);

    private async Task CreateClusterAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(Cluster))
        {
            return;
        }

        // A cluster counts from its renaming on: one that a killed process left half made is thrown away.
        var unfinished = Cluster + ".unfinished";
        var passwordFile = Path.Combine(_options.Folder, "password.unfinished");
        var problems = new List<string>();
        OwnerOnly.Write(passwordFile, _options.Password);
        try
        {
            if (_user is not null)
            {
                await _user.OwnAsync(cancellationToken, passwordFile);
            }

            foreach (var locale in Locales)
            {
                if (Directory.Exists(unfinished))
                {
                    Directory.Delete(unfinished, recursive: true);
                }

                var result = await InitdbAsync(unfinished, passwordFile, locale, cancellationToken);
                if (result.Succeeded)
                {
                    await File.AppendAllTextAsync(
                        Path.Combine(unfinished, "postgresql.conf"), "\n# Written by PromptStash at every start.\ninclude 'promptstash.conf'\n", cancellationToken);
                    Directory.Move(unfinished, Cluster);
                    return;
                }

                problems.Add(result.Everything);
                if (!result.Error.Contains("locale", StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        finally
        {
            File.Delete(passwordFile);
        }

        throw new LocalHostException($"PostgreSQL could not create a database in {_options.Folder}:\n{string.Join("\n", problems)}");
    }

    private Task<CommandResult> InitdbAsync(string folder, string passwordFile, string locale, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            $"--pgdata={folder}",
            $"--username={Role}",
            $"--pwfile={passwordFile}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            $"--lc-ctype={locale}",
            "--lc-collate=C",
            "--lc-messages=C",
            "--lc-monetary=C",
            "--lc-numeric=C",
            "--lc-time=C",
            "--text-search-config=english",
            "--data-checksums",
            .. _options.Durable ? Array.Empty<string>() : ["--no-sync"],
        ];

        return Command.RunAsync(_server.Initdb, arguments, cancellationToken, _user, _options.Folder);
    }

    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = FreePort.Choose(attempt == 1 ? _options.PreferredPort : null);
            await WriteSettingsAsync(cancellationToken);

            // Not cancelled half way: the server would be running, and nobody would know.
            var result = await PgCtlAsync(["start", "--timeout=60", $"--log={LogFile}"], CancellationToken.None);
            if (result.Succeeded)
            {
                _running = true;
                cancellationToken.ThrowIfCancellationRequested();
                return;
            }

            var portWasTaken = !FreePort.IsFree(Port);
            if (!portWasTaken || attempt == PortAttempts)
            {
                throw new LocalHostException($"PostgreSQL did not start: {result.Everything}\nThe end of its log, {LogFile}:\n{EndOfLog()}");
            }
        }
    }

    private async Task WriteSettingsAsync(CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>
        {
            ["shared_preload_libraries"] = "pg_stat_statements",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
        };

        if (!_options.Durable)
        {
            settings["fsync"] = "off";
            settings["synchronous_commit"] = "off";
            settings["full_page_writes"] = "off";
        }

        foreach (var (name, value) in _options.Settings)
        {
            settings[name] = value;
        }

        // Last, and not to be overridden: nobody but this machine is listened to, and no socket files are left about.
        settings["listen_addresses"] = "127.0.0.1";
        settings["port"] = Port.ToString(CultureInfo.InvariantCulture);
        settings["unix_socket_directories"] = "";

        var file = Path.Combine(Cluster, "promptstash.conf");
        await File.WriteAllLinesAsync(
            file,
            settings.Select(setting => $"{setting.Key} = '{setting.Value.Replace("'", "''", StringComparison.Ordinal)}'"),
            cancellationToken);
        if (_user is not null)
        {
            await _user.OwnAsync(cancellationToken, file);
        }
    }

    private Task<CommandResult> PgCtlAsync(string[] arguments, CancellationToken cancellationToken) =>
        Command.RunAsync(_server.PgCtl, [.. arguments, $"--pgdata={Cluster}", "--wait", "--silent"], cancellationToken, _user, _options.Folder);

    private string EndOfLog() =>
        File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(10)) : "(empty)";
}
