using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace PromptStash.AppHost;

/// <summary>Adds PgBouncer to the application.</summary>
public static class PgBouncerExtensions
{
    /// <summary>Adds a PgBouncer that pools transactions in front of <paramref name="database"/>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="database">The database behind the pool.</param>
    /// <param name="port">The port on the host; any free one if <see langword="null"/>.</param>
    public static IResourceBuilder<PgBouncerResource> AddPgBouncer(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        IResourceBuilder<PostgresDatabaseResource> database,
        int? port = null)
    {
        var resource = new PgBouncerResource(name, database.Resource);
        var postgres = database.Resource.Parent;

        return builder.AddResource(resource)
            .WithImage("edoburu/pgbouncer", "v1.24.1-p1")
            .WithImageRegistry("docker.io")
            .WithIconName("ArrowSplit")
            .WithEndpoint(port: port, targetPort: PgBouncerResource.Port, name: PgBouncerResource.EndpointName)
            .WithEnvironment("LISTEN_PORT", Number(PgBouncerResource.Port))
            .WithEnvironment(context =>
            {
                var settings = context.EnvironmentVariables;
                settings["DB_HOST"] = postgres.Host;
                settings["DB_PORT"] = postgres.Port;
                settings["DB_NAME"] = resource.Database.DatabaseName;
                settings["DB_USER"] = postgres.UserNameReference;
                settings["DB_PASSWORD"] = postgres.PasswordParameter;
                settings["POOL_MODE"] = resource.PoolMode is PgBouncerPoolMode.Transaction ? "transaction" : "session";
                settings["MAX_PREPARED_STATEMENTS"] = Number(resource.MaxPreparedStatements);
                settings["MAX_CLIENT_CONN"] = Number(resource.MaxClients);
                settings["DEFAULT_POOL_SIZE"] = Number(resource.PoolSize);
                settings["RESERVE_POOL_SIZE"] = Number(resource.ReservePoolSize);
            })
            .WithEnvironment("AUTH_TYPE", "scram-sha-256")
            .WithEnvironment("RESERVE_POOL_TIMEOUT", "1")
            // Fail within seconds, not minutes, and be back a second after PostgreSQL is.
            .WithEnvironment("QUERY_WAIT_TIMEOUT", "10")
            .WithEnvironment("SERVER_CONNECT_TIMEOUT", "3")
            .WithEnvironment("SERVER_LOGIN_RETRY", "1")
            .WithEnvironment("SERVER_IDLE_TIMEOUT", "120")
            .WithEnvironment("SERVER_LIFETIME", "1800")
            .WithEnvironment("IDLE_TRANSACTION_TIMEOUT", "15")
            .WithQueryHealthCheck()
            .WithParentRelationship(postgres)
            .WaitFor(database);
    }

    /// <summary>Says how long a connection is lent. The connection string follows.</summary>
    public static IResourceBuilder<PgBouncerResource> WithPoolMode(this IResourceBuilder<PgBouncerResource> pgbouncer, PgBouncerPoolMode mode)
    {
        pgbouncer.Resource.PoolMode = mode;

        return pgbouncer;
    }

    /// <summary>Says how many connections there are to the server.</summary>
    /// <param name="pgbouncer">The pool.</param>
    /// <param name="size">Usually. All pools together must stay 20 below the server's <c>max_connections</c> (100 unless set).</param>
    /// <param name="reserve">Further ones when clients have waited for a second.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not positive, or <paramref name="reserve"/> is negative.</exception>
    public static IResourceBuilder<PgBouncerResource> WithPoolSize(this IResourceBuilder<PgBouncerResource> pgbouncer, int size, int reserve = 4)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNegative(reserve);
        pgbouncer.Resource.PoolSize = size;
        pgbouncer.Resource.ReservePoolSize = reserve;

        return pgbouncer;
    }

    /// <summary>Says how many clients may be connected at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clients"/> is not positive.</exception>
    public static IResourceBuilder<PgBouncerResource> WithMaxClients(this IResourceBuilder<PgBouncerResource> pgbouncer, int clients)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clients);
        pgbouncer.Resource.MaxClients = clients;

        return pgbouncer;
    }

    /// <summary>Says how many statements are kept prepared on each server; 0 turns preparing off, also at the clients.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="statements"/> is negative.</exception>
    public static IResourceBuilder<PgBouncerResource> WithPreparedStatements(this IResourceBuilder<PgBouncerResource> pgbouncer, int statements)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(statements);
        pgbouncer.Resource.MaxPreparedStatements = statements;

        return pgbouncer;
    }

    /// <summary>Healthy once a query has come back from the database: PgBouncer accepts clients before it has reached a server.</summary>
    private static IResourceBuilder<PgBouncerResource> WithQueryHealthCheck(this IResourceBuilder<PgBouncerResource> pgbouncer)
    {
        var builder = pgbouncer.ApplicationBuilder;
        var resource = pgbouncer.Resource;
        string? connectionString = null;

        // The address is known only after the orchestrator has given out ports.
        builder.Eventing.Subscribe<ConnectionStringAvailableEvent>(resource, async (_, cancellationToken) =>
            connectionString = await resource.ConnectionStringExpression.GetValueAsync(cancellationToken));

        var key = $"{resource.Name}_check";
        builder.Services.AddHealthChecks().AddAsyncCheck(key, cancellationToken => AskAsync(connectionString, cancellationToken));

        return pgbouncer.WithHealthCheck(key);
    }

    private static async Task<HealthCheckResult> AskAsync(string? connectionString, CancellationToken cancellationToken)
    {
        if (connectionString is null)
        {
            return HealthCheckResult.Unhealthy("PgBouncer has no address yet.");
        }

        try
        {
            // Not pooled: a connection kept open here would say nothing about new ones.
            await using var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync(cancellationToken);

            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException exception)
        {
            return HealthCheckResult.Unhealthy("No query gets through PgBouncer.", exception);
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
