namespace PromptStash.IntegrationTests.Database;

public sealed class RunningMigrationsAtOnce(PromptStashApp app)
{
    private const int Workers = 5;

    public static TheoryData<int> ManyRounds => new(Enumerable.Range(1, 20));

    [Theory(DisplayName = "F17: Five of five succeed and the schema is as one alone makes it")]
    [InlineData(1)]
    [InlineData(2)]
    public Task Five_of_five_succeed_and_the_schema_is_as_one_alone_makes_it(int round) => MigrateAsync(round);

    [Theory(Explicit = true, DisplayName = "F17: Five of five succeed, again and again")]
    [MemberData(nameof(ManyRounds))]
    public Task Five_of_five_succeed_again_and_again(int round) => MigrateAsync(round);

    private async Task MigrateAsync(int round)
    {
        var database = await app.CreateDatabaseAsync();

        var runs = await Task.WhenAll(Enumerable.Range(0, Workers)
            .Select(_ => MigrationWorker.RunAsync(app.Postgres.ConnectionString(database), TestContext.Current.CancellationToken)));

        Assert.All(runs, run => Assert.True(run.ExitCode == 0, $"Round {round}: {run.Output}"));
        await Catalog.IsLikeACleanOneAsync(app, database);
    }
}
