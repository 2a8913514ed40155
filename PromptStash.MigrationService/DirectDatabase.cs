using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PromptStash.ServiceDefaults;

namespace PromptStash.MigrationService;

/// <summary>PostgreSQL itself, past any pooler: where migrations, locks and backups work.</summary>
internal sealed class DirectDatabase(
    IConfiguration configuration, IOptions<MigrationOptions> options, TimeProvider time, ILogger<DirectDatabase> logger)
{
    /// <summary>The advisory lock of all PromptStash workers on a database: "PSTASH" in ASCII.</summary>
    public const long LockKey = 0x50_53_54_41_53_48;

    /// <summary>The connection that holds the lock says nothing while migrations run; without this, something on the way might end it.</summary>
    private const int KeepAliveSeconds = 30;

    private static readonly TimeSpan ConnectInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>The connection string, unpooled: a session that holds a lock must not be handed to anybody else afterwards.</summary>
    public NpgsqlConnectionStringBuilder Settings => new(DatabaseConnection.GetConnectionString(configuration, direct: true)) { Pooling = false, KeepAlive = KeepAliveSeconds };

    /// <summary>The name of the database that the setting names.</summary>
    public string Name => Settings is { Database: { Length: > 0 } database } ? database : Settings.Username ?? "";

    /// <summary>Waits for the server where it is not up yet, and refuses a pooler.</summary>
    /// <param name="database">Another database of the server than the configured one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<NpgsqlConnection> OpenAsync(string? database, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(database, cancellationToken);
        try
        {
            await RefusePoolerAsync(connection, cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        return connection;
    }

    /// <summary>Takes the lock of all workers, or waits for whoever has it. Ending the connection ends the lock, also when this process is killed.</summary>
    public async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
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

    private async Task<NpgsqlConnection> ConnectAsync(string? database, CancellationToken cancellationToken)
    {
        var giveUpAt = time.GetUtcNow() + options.Value.WaitForDatabase;
        using var interval = new PeriodicTimer(ConnectInterval, time);
        var waiting = false;

        var settings = Settings;
        settings.Database = database ?? settings.Database;
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
            catch (NpgsqlException exception) when (exception.InnerException is AuthenticationException)
            {
                throw new MigrationException(
                    $"The certificates of this side and of {settings.Host}:{settings.Port} do not fit ({exception.InnerException.Message}). " +
                    "Check sslmode, sslrootcert (the authority that signed the server's certificate), the host name that it was made for, and sslcert and sslkey.", exception);
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

    /// <summary>The way to the pooler that the API's setting leads to; none where it leads to PostgreSQL itself, or nothing answers.</summary>
    public async Task<NpgsqlConnectionStringBuilder?> FindPoolerAsync(CancellationToken cancellationToken)
    {
        if (DatabaseConnection.FindPooled(configuration) is not { } pooled)
        {
            return null;
        }

        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(pooled) { Pooling = false, Timeout = 5 }.ConnectionString);
            await connection.OpenAsync(cancellationToken);

            return await IsPoolerAsync(connection, cancellationToken) ? new NpgsqlConnectionStringBuilder(pooled) : null;
        }
        catch (NpgsqlException exception)
        {
            logger.LogDebug(exception, "The pooled connection does not answer");

            return null;
        }
    }

    /// <summary>PgBouncer makes up the process id that it greets a client with, so it differs from the server's own.</summary>
    private static async Task<bool> IsPoolerAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ScalarAsync<int>("SELECT pg_backend_pid()", cancellationToken) != connection.ProcessID;

    /// <summary>
    /// A pooler hands each transaction to any server connection: the lock would be taken on one and looked for on another, and stay behind
    /// for ever.
    /// </summary>
    private static async Task RefusePoolerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await IsPoolerAsync(connection, cancellationToken))
        {
            throw new MigrationException(
                "This connection goes through a connection pooler (PgBouncer or the like). Migrations need a lock that a pooler cannot hold: " +
                "set ConnectionStrings__promptstash-direct to the address of PostgreSQL itself.");
        }
    }
}
