using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace PromptStash.AppHost;

/// <summary>PgBouncer in front of one PostgreSQL database. Whoever references it connects through the pool.</summary>
public sealed class PgBouncerResource(string name, PostgresDatabaseResource database)
    : ContainerResource(name), IResourceWithConnectionString
{
    internal const string EndpointName = "tcp";
    internal const int Port = 6432;

    // Without a limit on the server side PgBouncer refuses protocol-level prepared statements altogether.
    internal const int MaxPreparedStatements = 200;

    /// <summary>The database behind the pool.</summary>
    public PostgresDatabaseResource Database { get; } = database;

    /// <summary>Where clients connect.</summary>
    public EndpointReference PrimaryEndpoint => field ??= new(this, EndpointName);

    // The options a client needs in transaction mode, and no others:
    //   No Reset On Close      the next transaction may run on another server, so there is no session to reset; resetting would
    //                          also make PgBouncer forget which statements it has prepared.
    //   Max Auto Prepare       safe since PgBouncer 1.21, which prepares a statement again on whichever server it picks.
    //   Channel Binding, GSS   PgBouncer speaks neither; asking costs a round trip or the connection.
    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"Host={PrimaryEndpoint.Property(EndpointProperty.Host)};Port={PrimaryEndpoint.Property(EndpointProperty.Port)};Username={Database.Parent.UserNameReference};Password={Database.Parent.PasswordParameter};Database={Database.DatabaseName};No Reset On Close=true;Max Auto Prepare=50;Channel Binding=Disable;GSS Encryption Mode=Disable");
}

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
            .WithEnvironment("LISTEN_PORT", PgBouncerResource.Port.ToString(CultureInfo.InvariantCulture))
            .WithEnvironment(context =>
            {
                context.EnvironmentVariables["DB_HOST"] = postgres.Host;
                context.EnvironmentVariables["DB_PORT"] = postgres.Port;
                context.EnvironmentVariables["DB_NAME"] = resource.Database.DatabaseName;
                context.EnvironmentVariables["DB_USER"] = postgres.UserNameReference;
                context.EnvironmentVariables["DB_PASSWORD"] = postgres.PasswordParameter;
            })
            .WithEnvironment("AUTH_TYPE", "scram-sha-256")
            .WithEnvironment("POOL_MODE", "transaction")
            .WithEnvironment("MAX_PREPARED_STATEMENTS", PgBouncerResource.MaxPreparedStatements.ToString(CultureInfo.InvariantCulture))
            // PostgreSQL allows 100 connections: 20 from here leave room for the worker, backups and an administrator.
            .WithEnvironment("MAX_CLIENT_CONN", "500")
            .WithEnvironment("DEFAULT_POOL_SIZE", "16")
            .WithEnvironment("RESERVE_POOL_SIZE", "4")
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
        builder.Services.AddHealthChecks().AddAsyncCheck(key, async cancellationToken =>
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
        });

        return pgbouncer.WithHealthCheck(key);
    }
}
