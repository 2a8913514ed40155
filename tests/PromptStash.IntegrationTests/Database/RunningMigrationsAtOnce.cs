namespace PromptStash.IntegrationTests.Database;

public sealed class RunningMigrationsAtOnce(PromptStashApp app)
{
    private const int Workers = 5;

    public static TheoryData<int> Rounds => new(Enumerable.Range(1, 10));

    [Theory]
    [MemberData(nameof(Rounds))]
    public async Task Five_of_five_succeed_and_the_schema_is_as_one_alone_makes_it(int round)
    {
        var database = await app.CreateDatabaseAsync();

        var runs = await Task.WhenAll(Enumerable.Range(0, Workers)
            .Select(_ => MigrationWorker.RunAsync(app.Postgres.ConnectionString(database), TestContext.Current.CancellationToken)));

        Assert.All(runs, run => Assert.True(run.ExitCode == 0, $"Round {round}: {run.Output}"));
        await Catalog.IsLikeACleanOneAsync(app, database);
    }
}
