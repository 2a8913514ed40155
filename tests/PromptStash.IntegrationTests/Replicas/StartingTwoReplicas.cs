using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Replicas;

public sealed class StartingTwoReplicas(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_the_same_moment_makes_one_key_that_both_protect_cookies_and_second_factors_with()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var obstacle = await app.OpenDatabaseAsync(name);
        await using var transaction = await obstacle.BeginTransactionAsync(Cancelled);

        // Both find that there is no key, and neither can write one yet.
        await obstacle.ExecuteAsync("LOCK TABLE identity.data_protection_keys IN SHARE MODE");
        var starting = Task.WhenAll(StartAsync(name), StartAsync(name));
        await using var server = await app.OpenDatabaseAsync("postgres");
        await Eventually.TrueAsync(
            async () => await server.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'", name) == 2,
            "both wait",
            TimeSpan.FromMinutes(2));
        await transaction.CommitAsync(Cancelled);

        foreach (var api in await starting)
        {
            await api.DisposeAsync();
        }

        Assert.Equal(1, await obstacle.ScalarAsync<long>("SELECT count(*) FROM identity.data_protection_keys"));
    }

    private Task<ApiProcess> StartAsync(string database) => ApiProcess.StartAsync(
        ("ConnectionStrings__promptstash", app.PgBouncer.ConnectionString(database)), ("Api__PublicUrl", "https://prompts.example.com"));
}
