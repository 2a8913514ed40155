namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>
/// Four authors write while server, pooler or sessions go away under them. What was acknowledged is kept, whatever went; what was planned is
/// not even noticed.
/// </summary>
public sealed class LosingTheDatabaseWhileWriting(PromptStashApp app)
{
    private const int Authors = 4;

    /// <summary>A server that recovers on a busy machine takes its time, and how long is not the matter here.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public Task To_a_crash_of_the_server_loses_nothing_that_was_acknowledged() => SurviveAsync(
        times: 3, house => house.CrashPostgresAsync(), mayFail: true);

    [Fact]
    public Task To_a_killed_server_loses_nothing_that_was_acknowledged() => SurviveAsync(
        times: 2, house => house.KillPostgresAsync(), mayFail: true);

    [Fact]
    public Task To_a_killed_pooler_loses_nothing_that_was_acknowledged() => SurviveAsync(
        times: 1, house => house.KillPgBouncerAsync(), mayFail: true);

    [Fact]
    public Task To_a_planned_restart_behind_a_paused_pooler_fails_nothing() => SurviveAsync(
        times: 1,
        async house =>
        {
            await house.TellPgBouncerAsync("PAUSE");
            await house.RestartPostgresAsync();
            await house.TellPgBouncerAsync("RESUME");
        },
        mayFail: false);

    [Fact]
    public Task To_a_pooler_that_reconnects_fails_nothing() => SurviveAsync(
        times: 3, house => house.TellPgBouncerAsync("RECONNECT"), mayFail: false);

    [Fact]
    public Task To_sessions_that_an_administrator_ends_fails_nothing() => SurviveAsync(
        times: 10, house => house.EndSessionsAsync(), mayFail: false);

    private async Task SurviveAsync(int times, Func<FaultyHouse, Task> fault, bool mayFail)
    {
        await using var house = await FaultyHouse.StartAsync(app);
        var authors = new List<Author>();
        for (var number = 0; number < Authors; number++)
        {
            var client = await app.SignInAsync(house.Api);
            authors.Add(new(client, await client.CreateFileAsync(await client.DefaultStashAsync(), "history.md", "# Begun\n")));
        }

        var faults = BreakAsync(house, authors, times, fault);
        await Task.WhenAll(authors.Select(author => author.WriteUntilAsync(faults, atLeast: 10)));
        await faults;

        await using var database = await house.OpenAsync();
        foreach (var author in authors)
        {
            await author.CheckAsync(database);
            Assert.True(author.Acknowledged >= 5, $"Only {author.Acknowledged} writes were acknowledged.");
            Assert.True(mayFail || author.Refusals.Count == 0, string.Join('\n', author.Refusals.Concat(house.Log.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)))));
        }
    }

    private static async Task BreakAsync(FaultyHouse house, List<Author> authors, int times, Func<FaultyHouse, Task> fault)
    {
        for (var time = 0; time < times; time++)
        {
            // Everybody is in the middle of something, and has got over the fault before.
            var before = authors.ConvertAll(author => author.Acknowledged);
            await Eventually.TrueAsync(() => Task.FromResult(authors.Zip(before).All(pair => pair.First.Acknowledged > pair.Second)), "every author goes on writing", Patience);
            await fault(house);
        }
    }
}
