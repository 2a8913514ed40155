namespace PromptStash.AppHost.Tests;

public sealed class TheMigrations(PublishedModel model)
{
    private ProjectResource Migrations => model.Resource<ProjectResource>("migrations");

    [Fact]
    public async Task Connect_to_the_database_itself_and_never_to_the_pool()
    {
        var environment = await model.EnvironmentOfAsync(Migrations);

        Assert.Equal("{promptstash.connectionString}", environment["ConnectionStrings__promptstash"]);
        Assert.Equal(["promptstash"], AppHostModel.ReferencesOf(Migrations));
        Assert.DoesNotContain(environment.Values, value => value.Contains("pgbouncer", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Are_given_the_password_once()
    {
        var environment = await model.EnvironmentOfAsync(Migrations);

        Assert.DoesNotContain(environment.Keys, key => key.StartsWith("PROMPTSTASH_", StringComparison.Ordinal));
    }

    [Fact]
    public void Wait_for_the_database_and_for_nothing_that_waits_for_them()
    {
        var waits = AppHostModel.WaitsOf(Migrations);

        Assert.Contains(("promptstash", WaitType.WaitUntilHealthy), waits);
        Assert.DoesNotContain(waits, wait => wait.Resource is "pgbouncer" or "api");
    }
}
