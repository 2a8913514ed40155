using System.Globalization;

namespace PromptStash.AppHost.Tests;

public sealed class TheConnectionPool(PublishedModel model)
{
    private PgBouncerResource PgBouncer => model.Resource<PgBouncerResource>("pgbouncer");

    [Fact]
    public async Task Leads_to_the_database()
    {
        var environment = await model.EnvironmentOfAsync(PgBouncer);

        Assert.Equal("promptstash", PgBouncer.Database.Name);
        Assert.Equal("{postgres.bindings.tcp.host}", environment["DB_HOST"]);
        Assert.Equal("{postgres.bindings.tcp.port}", environment["DB_PORT"]);
        Assert.Equal("promptstash", environment["DB_NAME"]);
        Assert.Equal("{postgres-user.value}", environment["DB_USER"]);
        Assert.Equal("{postgres-password.value}", environment["DB_PASSWORD"]);
        Assert.Equal("scram-sha-256", environment["AUTH_TYPE"]);
    }

    [Fact]
    public async Task Pools_transactions_and_remembers_prepared_statements()
    {
        var environment = await model.EnvironmentOfAsync(PgBouncer);

        Assert.Equal("transaction", environment["POOL_MODE"]);
        Assert.Equal("200", environment["MAX_PREPARED_STATEMENTS"]);
    }

    [Fact]
    public async Task Leaves_room_for_the_worker_a_backup_and_an_administrator()
    {
        const int MaxConnections = 100; // PostgreSQL's default, which nothing here changes
        var environment = await model.EnvironmentOfAsync(PgBouncer);

        Assert.True(
            int.Parse(environment["DEFAULT_POOL_SIZE"], CultureInfo.InvariantCulture)
            + int.Parse(environment["RESERVE_POOL_SIZE"], CultureInfo.InvariantCulture) <= MaxConnections - 20);
    }

    [Fact]
    public async Task Listens_where_its_endpoint_says()
    {
        var environment = await model.EnvironmentOfAsync(PgBouncer);
        var endpoint = Assert.Single(PgBouncer.Annotations.OfType<EndpointAnnotation>());

        Assert.Equal(6432, endpoint.TargetPort);
        Assert.Equal("6432", environment["LISTEN_PORT"]);
        Assert.False(endpoint.IsExternal);
    }

    [Fact]
    public void Asks_its_clients_for_what_transaction_pooling_needs()
    {
        var options = PgBouncer.ConnectionStringExpression.ValueExpression
            .Split(';')
            .Select(option => option.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal("{pgbouncer.bindings.tcp.host}", options["Host"]);
        Assert.Equal("{pgbouncer.bindings.tcp.port}", options["Port"]);
        Assert.Equal("{postgres-user.value}", options["Username"]);
        Assert.Equal("{postgres-password.value}", options["Password"]);
        Assert.Equal("promptstash", options["Database"]);
        Assert.Equal("true", options["No Reset On Close"]);
        Assert.Equal("50", options["Max Auto Prepare"]);
        Assert.Equal("Disable", options["Channel Binding"]);
        Assert.Equal("Disable", options["GSS Encryption Mode"]);
    }

    [Fact]
    public void Waits_for_the_database_and_is_health_checked()
    {
        Assert.Contains(("promptstash", WaitType.WaitUntilHealthy), AppHostModel.WaitsOf(PgBouncer));
        Assert.Single(PgBouncer.Annotations.OfType<HealthCheckAnnotation>());
    }
}
