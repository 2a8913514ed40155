using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.PgBouncer;

/// <summary>What a PgBouncer is started with.</summary>
/// <param name="Folder">A folder for it alone; it belongs to the user PgBouncer runs as.</param>
/// <param name="Password">The password of <see cref="EmbeddedPostgres.Role"/>.</param>
internal sealed record PgBouncerOptions(string Folder, string Password)
{
    /// <summary>The port to use where it is free.</summary>
    public int? PreferredPort { get; init; }

    /// <summary>Settings of the section [pgbouncer] that differ from ours, such as <c>default_pool_size</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// An installed PgBouncer in front of an <see cref="EmbeddedPostgres"/>, in transaction mode, for all of its databases. Like the server it runs apart from this
/// process, and one that a killed process left behind is stopped by the next start on the same folder.
/// </summary>
internal sealed partial class PgBouncerProcess : IAsyncDisposable
{
    private const int PortAttempts = 3;

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);
    private static readonly Version PreparesStatements = new(1, 21);

    private readonly string _program;
    private readonly PgBouncerOptions _options;
    private readonly EmbeddedPostgres _postgres;
    private readonly Version _version;

    private PgBouncerProcess(string program, Version version, PgBouncerOptions options, EmbeddedPostgres postgres)
    {
        _program = program;
        _version = version;
        _options = options;
        _postgres = postgres;
    }

    public int Port { get; private set; }

    public string LogFile => In("pgbouncer.log");

    public string PidFile => In("pgbouncer.pid");

    private string ConfigurationFile => In("pgbouncer.ini");

    private string UsersFile => In("userlist.txt");

    /// <summary>The installed program, or null.</summary>
    public static string? FindProgram() =>
        Executables.Find("pgbouncer", "/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin");

    /// <summary>Starts PgBouncer and returns when queries go through it.</summary>
    public static async Task<PgBouncerProcess> StartAsync(
        EmbeddedPostgres postgres, PgBouncerOptions options, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new LocalHostException("PgBouncer is not supported on Windows here. Start without --pgbouncer: one process gains nothing from it.");
        }

        var program = FindProgram() ?? throw new LocalHostException(
            "There is no pgbouncer in PATH. Install it (apt install pgbouncer, brew install pgbouncer), or start without --pgbouncer: "
            + "one process gains nothing from it.");
        var bouncer = new PgBouncerProcess(
            program,
            await VersionOfAsync(program, cancellationToken),
            options with { Folder = Path.GetFullPath(options.Folder) },
            postgres);

        try
        {
            await bouncer.PrepareFolderAsync(cancellationToken);
            await bouncer.StopAsync(); // What a killed process left.
            await bouncer.StartProcessAsync(cancellationToken);
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }

        return bouncer;
    }

    /// <summary>
    /// A pooled connection. Statements are prepared automatically only where PgBouncer keeps track of them (1.21 and newer).
    /// </summary>
    public string ConnectionString(string database = EmbeddedPostgres.Role, string applicationName = "promptstash-local")
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = EmbeddedPostgres.Role,
            Password = _options.Password,
            Database = database,
            NoResetOnClose = true,
            MaxAutoPrepare = 0,
            ChannelBinding = ChannelBinding.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            ApplicationName = applicationName,
        };
        if (_version >= PreparesStatements)
        {
            connection.MaxAutoPrepare = 50;
            connection.AutoPrepareMinUsages = 2;
        }

        return connection.ConnectionString;
    }

    /// <summary>Stops PgBouncer at once: whoever used it is expected to have finished.</summary>
    public async Task StopAsync()
    {
        if (RunningProcess.ReadPidFile(PidFile) is { } pid)
        {
            await RunningProcess.StopAsync(pid, ConfigurationFile, StopPatience);
            File.Delete(PidFile);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task PrepareFolderAsync(CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(_options.Folder);
        if (_postgres.User is { } user)
        {
            await user.OwnAsync(cancellationToken, _options.Folder);
            await user.EnsureReachesAsync(_options.Folder, cancellationToken);
        }
    }

    private async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = FreePort.Choose(attempt == 1 ? _options.PreferredPort : null);
            await WriteConfigurationAsync(cancellationToken);

            var result = await Command.RunAsync(
                _program, ["--daemon", "--quiet", ConfigurationFile], cancellationToken, _postgres.User, _options.Folder);
            if (result.Succeeded && await AnswersAsync(cancellationToken))
            {
                return;
            }

            var portWasTaken = result.Everything.Contains("Address already in use", StringComparison.OrdinalIgnoreCase);
            if (!portWasTaken || attempt == PortAttempts)
            {
                throw new LocalHostException($"PgBouncer did not start: {result.Everything}\nThe end of its log, {LogFile}:\n{EndOfLog()}");
            }
        }
    }

    private async Task WriteConfigurationAsync(CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addr"] = "127.0.0.1",
            ["listen_port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_dir"] = "",
            ["pidfile"] = PidFile,
            ["logfile"] = LogFile,
            ["log_connections"] = "0",
            ["log_disconnections"] = "0",
            ["auth_type"] = "scram-sha-256",
            ["auth_file"] = UsersFile,
            ["admin_users"] = EmbeddedPostgres.Role,
            ["pool_mode"] = "transaction",
            ["max_client_conn"] = "500",
            ["default_pool_size"] = "16",
            ["reserve_pool_size"] = "4",
            ["reserve_pool_timeout"] = "1",
            ["query_wait_timeout"] = "10",
            // The default of 15 s would keep clients out long after a restarted server is back.
            ["server_login_retry"] = "1",
            ["server_connect_timeout"] = "3",
            ["server_idle_timeout"] = "120",
            ["server_lifetime"] = "1800",
            ["idle_transaction_timeout"] = "15",
            ["ignore_startup_parameters"] = "extra_float_digits",
        };
        if (_version >= PreparesStatements)
        {
            settings["max_prepared_statements"] = "200";
        }

        foreach (var (name, value) in _options.Settings)
        {
            settings[name] = value;
        }

        OwnerOnly.Write(ConfigurationFile, $"""
            [databases]
            * = host=127.0.0.1 port={_postgres.Port}

            [pgbouncer]
            {string.Join('\n', settings.Select(setting => $"{setting.Key} = {setting.Value}"))}

            """);
        OwnerOnly.Write(UsersFile, $"\"{EmbeddedPostgres.Role}\" \"{_options.Password}\"\n");
        if (_postgres.User is { } user)
        {
            await user.OwnAsync(cancellationToken, ConfigurationFile, UsersFile);
        }
    }

    // It goes into the background before it listens, and tells nobody when it does.
    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        var probe = new NpgsqlConnectionStringBuilder(ConnectionString()) { Pooling = false, Timeout = 5 }.ConnectionString;
        using var patience = new CancellationTokenSource(StartPatience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (true)
            {
                try
                {
                    await using var connection = new NpgsqlConnection(probe);
                    await connection.OpenAsync(either.Token);
                    return true;
                }
                catch (NpgsqlException)
                {
                    await timer.WaitForNextTickAsync(either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<Version> VersionOfAsync(string program, CancellationToken cancellationToken)
    {
        var answer = await Command.RunAsync(program, ["--version"], cancellationToken);
        var version = VersionPattern.Match(answer.Output);
        return version.Success
            ? new Version(version.Groups["version"].Value)
            : throw new LocalHostException($"{program} does not run here: {answer.Everything}");
    }

    private string In(string name) => Path.Combine(_options.Folder, name);

    private string EndOfLog() =>
        File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(10)) : "(empty)";

    [GeneratedRegex(@"PgBouncer (?<version>\d+\.\d+)")]
    private static partial Regex VersionPattern { get; }
}
