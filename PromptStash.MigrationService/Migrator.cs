using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PromptStash.BuildingBlocks;
using PromptStash.ServiceDefaults;

namespace PromptStash.MigrationService;

/// <summary>Migrates all modules, one worker at a time.</summary>
/// <remarks>
/// EF Core locks each migration by itself: of three workers started together on an empty database, one or two failed on tables that
/// the other had just made. So one advisory lock is held around everything, on a connection of its own. It is polled, because a
/// session that blocks in pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits for the end of every snapshot.
/// </remarks>
internal sealed partial class Migrator(
    IConfiguration configuration,
    IEnumerable<IModuleMigrator> modules,
    IOptions<MigrationOptions> options,
    TimeProvider time,
    ILogger<Migrator> logger)
{
    /// <summary>The advisory lock of all PromptStash workers on a database: "PSTASH" in ASCII.</summary>
    public const long LockKey = 0x50_53_54_41_53_48;

    /// <summary>The connection that holds the lock says nothing while migrations run; without this, something on the way might end it.</summary>
    private const int KeepAliveSeconds = 30;

    private static readonly TimeSpan ConnectInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(200);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await ConnectAsync(cancellationToken);
            await RefusePoolerAsync(connection, cancellationToken);
            await WarnOfLocaleAsync(connection, cancellationToken);
            await LockAsync(connection, cancellationToken);

            // Ending the connection ends the lock, also when this process is killed.
            await MigrateAsync(cancellationToken);
            await RepairIndexesAsync(connection, cancellationToken);
            logger.LogInformation("The database is up to date");

            return 0;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // One line for the operator; where in the code it happened is for whoever turns on Debug.
            logger.LogError("{Message}", Describe(exception));
            logger.LogDebug(exception, "The worker failed here");

            return 1;
        }
    }

    private static string Describe(Exception exception)
    {
        var cause = exception;
        while (cause is not (MigrationException or DatabaseSettingException or NpgsqlException or OperationCanceledException) && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause switch
        {
            MigrationException or DatabaseSettingException => cause.Message,
            OperationCanceledException => "Stopped before the end. What was finished is kept; run the worker again.",
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
                "The database server's disk is full. Free space and run the worker again; what was finished is kept, the migration under way was undone.",
            PostgresException postgres =>
                $"PostgreSQL refused a statement ({postgres.SqlState}: {postgres.MessageText}). What was finished is kept; mend the cause and run the worker again.",
            NpgsqlException => $"The connection to the database broke ({cause.Message}). What was finished is kept; run the worker again.",
            _ => $"The worker failed ({exception.GetType().Name}: {exception.Message}). What was finished is kept; mend the cause and run the worker again.",
        };
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var giveUpAt = time.GetUtcNow() + options.Value.WaitForDatabase;
        using var interval = new PeriodicTimer(ConnectInterval, time);
        var waiting = false;

        // Unpooled: the lock must live on a connection that ends with this worker and that nobody else is handed afterwards.
        var settings = new NpgsqlConnectionStringBuilder(DatabaseConnection.GetConnectionString(configuration, direct: true)) { Pooling = false, KeepAlive = KeepAliveSeconds };
        BoundOneTry(settings, options.Value.WaitForDatabase);
        while (true)
        {
            var connection = new NpgsqlConnection(settings.ConnectionString);
            try
            {
                await connection.OpenAsync(cancellationToken);

                return connection;
            }
            catch (NpgsqlException exception) when (IsNotUpYet(exception) && time.GetUtcNow() < giveUpAt)
            {
                if (!waiting)
                {
                    waiting = true;
                    logger.LogInformation("Waiting up to {Wait} for the database at {Host}:{Port}", options.Value.WaitForDatabase, settings.Host, settings.Port);
                }

                await interval.WaitForNextTickAsync(cancellationToken);
            }
            catch (NpgsqlException exception) when (IsNotUpYet(exception))
            {
                throw new MigrationException(
                    $"The database at {settings.Host}:{settings.Port} did not answer within {options.Value.WaitForDatabase}. " +
                    "Is the server running, and are host and port of the connection string right?", exception);
            }
            catch (PostgresException exception)
            {
                throw new MigrationException(
                    $"The server at {settings.Host}:{settings.Port} refused the connection ({exception.SqlState}: {exception.MessageText}). " +
                    "Check user, password and database of the connection string.", exception);
            }
        }
    }

    /// <summary>One try must not take longer than all of them may: behind a firewall that drops packets nobody ever answers.</summary>
    private static void BoundOneTry(NpgsqlConnectionStringBuilder settings, TimeSpan wait)
    {
        var seconds = (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, 60);
        settings.Timeout = settings.Timeout == 0 ? seconds : Math.Min(settings.Timeout, seconds); // 0 is for ever
    }

    /// <summary>Nobody listens, or the server is starting up, shutting down or recovering.</summary>
    private static bool IsNotUpYet(NpgsqlException exception) => exception is PostgresException postgres
        ? postgres.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.ProtocolViolation or PostgresErrorCodes.TooManyConnections
        : exception.InnerException is SocketException or TimeoutException or IOException;

    /// <summary>
    /// A pooler hands each transaction to any server connection: the lock would be taken on one and looked for on another, and stay behind
    /// for ever. PgBouncer makes up the process id that it greets a client with, so it differs from the server's own.
    /// </summary>
    private static async Task RefusePoolerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is int pid && pid != connection.ProcessID)
        {
            throw new MigrationException(
                "This connection goes through a connection pooler (PgBouncer or the like). Migrations need a lock that a pooler cannot hold: " +
                "set ConnectionStrings__promptstash-direct to the address of PostgreSQL itself.");
        }
    }

    /// <summary>Names and paths are unique ignoring case, and what case is, the database's locale says.</summary>
    private async Task WarnOfLocaleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT lower('É') = 'é'", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is not true)
        {
            logger.LogWarning(
                "The locale of this database knows upper and lower case of ASCII letters only: É.md and é.md will be two files. " +
                "Create the database with a UTF-8 locale (LC_CTYPE 'C.UTF-8' or the like) to have them be one");
        }
    }

    private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var giveUpAt = time.GetUtcNow() + options.Value.WaitForLock;
        using var interval = new PeriodicTimer(LockInterval, time);
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = LockKey } } };
        while (await command.ExecuteScalarAsync(cancellationToken) is not true)
        {
            if (time.GetUtcNow() >= giveUpAt)
            {
                throw new MigrationException(
                    $"Another worker has been migrating this database for {options.Value.WaitForLock}. Let it finish, or end it, and run this one again.");
            }

            await interval.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        // All are looked at before one is touched: a database that is refused stays as it is.
        var pending = new List<(IModuleMigrator Module, IReadOnlyList<string> Migrations)>();
        foreach (var module in modules)
        {
            var state = await module.GetStateAsync(cancellationToken);
            if (state.Unknown.Count > 0)
            {
                throw new MigrationException(
                    $"Schema {module.Schema} has migrations that this version does not know ({string.Join(", ", state.Unknown)}). " +
                    "The database belongs to a newer version of PromptStash: run that version's worker.");
            }

            if (state.Pending.Count > 0)
            {
                pending.Add((module, state.Pending));
            }
        }

        foreach (var (module, migrations) in pending)
        {
            logger.LogInformation("Schema {Schema}: applying {Migrations}", module.Schema, string.Join(", ", migrations));
            await module.MigrateAsync(cancellationToken);
        }
    }

    /// <summary>
    /// A CREATE INDEX CONCURRENTLY that was interrupted leaves an INVALID index, which costs writes and serves no query, and which IF NOT
    /// EXISTS then takes for the real one.
    /// </summary>
    private async Task RepairIndexesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var invalid = new List<string>();
        await using (var command = new NpgsqlCommand(
            """
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT i.indisvalid AND n.nspname = ANY ($1)
            """, connection) { Parameters = { new() { Value = modules.Select(m => m.Schema).ToArray() } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                invalid.Add(reader.GetString(0));
            }
        }

        foreach (var index in invalid)
        {
            logger.LogWarning("Index {Index} is invalid; repairing it", index);

            // An interrupted rebuild leaves its half-made copy, or the worn-out original, under these suffixes; the index itself is there.
            var sql = LeftOver().IsMatch(index)
                ? $"DROP INDEX CONCURRENTLY {index}"
                : $"REINDEX INDEX CONCURRENTLY {index}";
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    [GeneratedRegex("_cc(new|old)[0-9]*\"?$", RegexOptions.CultureInvariant)]
    private static partial Regex LeftOver();
}

/// <summary>The worker cannot go on; the message tells the operator what to do.</summary>
internal sealed class MigrationException : Exception
{
    public MigrationException(string message)
        : base(message)
    {
    }

    public MigrationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
