namespace PromptStash.AppHost.Tests;

public sealed class ChoosingAPool
{
    [Fact]
    public void For_transactions_tells_clients_not_to_reset_and_that_they_may_prepare()
    {
        var options = OptionsOf(pool => pool.WithPoolMode(PgBouncerPoolMode.Transaction));

        Assert.Contains("No Reset On Close=true", options);
        Assert.Contains("Max Auto Prepare=50", options);
    }

    [Fact]
    public void For_sessions_lets_clients_reset_them() =>
        Assert.DoesNotContain(OptionsOf(pool => pool.WithPoolMode(PgBouncerPoolMode.Session)), option => option.StartsWith("No Reset", StringComparison.Ordinal));

    [Fact]
    public void Without_prepared_statements_keeps_clients_from_preparing() =>
        Assert.Contains("Max Auto Prepare=0", OptionsOf(pool => pool.WithPreparedStatements(0)));

    [Theory]
    [InlineData(0, 4)]
    [InlineData(-1, 4)]
    [InlineData(16, -1)]
    public void Of_an_impossible_size_is_refused(int size, int reserve) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool().WithPoolSize(size, reserve));

    [Fact]
    public void For_nobody_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Pool().WithMaxClients(0));

    [Fact]
    public async Task Tells_PgBouncer_all_that_was_chosen()
    {
        var pool = Pool().WithPoolMode(PgBouncerPoolMode.Session).WithPoolSize(7, reserve: 2).WithMaxClients(99).WithPreparedStatements(5);

        var settings = await AppHostModel.DescribedEnvironmentOfAsync(pool.Resource, pool.ApplicationBuilder.ExecutionContext);

        Assert.Equal("session", settings["POOL_MODE"]);
        Assert.Equal("7", settings["DEFAULT_POOL_SIZE"]);
        Assert.Equal("2", settings["RESERVE_POOL_SIZE"]);
        Assert.Equal("99", settings["MAX_CLIENT_CONN"]);
        Assert.Equal("5", settings["MAX_PREPARED_STATEMENTS"]);
    }

    private static string[] OptionsOf(Action<IResourceBuilder<PgBouncerResource>> configure)
    {
        var pool = Pool();
        configure(pool);

        return pool.Resource.ConnectionStringExpression.ValueExpression.Split(';');
    }

    private static IResourceBuilder<PgBouncerResource> Pool()
    {
        var builder = DistributedApplication.CreateBuilder();

        return builder.AddPgBouncer("pool", builder.AddPostgres("server").AddDatabase("database"));
    }
}
