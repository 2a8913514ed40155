using Npgsql;

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

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "F5: To a crash of the server loses nothing that was acknowledged")]
    public Task To_a_crash_of_the_server_loses_nothing_that_was_acknowledged() => SurviveAsync(
        times: 3, house => house.CrashPostgresAsync(), mayFail: true);

    [Fact(Explicit = true, DisplayName = "F6: To a crash of the server without a pooler loses nothing that was acknowledged")]
    public Task To_a_crash_of_the_server_without_a_pooler_loses_nothing_that_was_acknowledged() => SurviveAsync(
        times: 3, house => house.CrashPostgresAsync(), mayFail: true, new FaultyHouseOptions { Direct = true });

    [Fact(DisplayName = "F7: To a killed pooler loses nothing that was acknowledged")]
    public Task To_a_killed_pooler_loses_nothing_that_was_acknowledged() => SurviveAsync(
        times: 1, house => house.KillPgBouncerAsync(), mayFail: true);

    [Fact(DisplayName = "F8: To a planned restart behind a paused pooler fails nothing")]
    public Task To_a_planned_restart_behind_a_paused_pooler_fails_nothing() => SurviveAsync(
        times: 1,
        async house =>
        {
            await house.TellPgBouncerAsync("PAUSE");
            await house.RestartPostgresAsync();
            await house.TellPgBouncerAsync("RESUME");
        },
        mayFail: false);

    [Fact(DisplayName = "F9: To a pooler that reconnects fails nothing")]
    public Task To_a_pooler_that_reconnects_fails_nothing() => SurviveAsync(
        times: 3, house => house.TellPgBouncerAsync("RECONNECT"), mayFail: false);

    [Fact(DisplayName = "F10: To sessions that an administrator ends fails nothing")]
    public Task To_sessions_that_an_administrator_ends_fails_nothing() => SurviveAsync(
        times: 20, house => house.EndSessionsAsync(), mayFail: false);

    [Fact(Explicit = true, DisplayName = "F15: To a full disk is refused with 507, reads go on, and with room again so does everything")]
    public async Task To_a_full_disk_is_refused_while_reads_go_on()
    {
        await using var house = await FaultyHouse.StartAsync(app, new FaultyHouseOptions { DatabaseDisk = 64 });
        var authors = await AuthorsAsync(house);
        var fault = FillAndFreeAsync(house, authors);
        await Task.WhenAll(authors.Select(author => author.WriteUntilAsync(fault, atLeast: 10)));
        await fault;

        await CheckAsync(house, authors);
        var refusals = authors.SelectMany(author => author.Refusals).ToList();
        Assert.All(refusals, refusal => Assert.StartsWith("507 ", refusal, StringComparison.Ordinal));

        // Asking a full disk again at once only makes it worse: each refusal was one attempt.
        var attempts = (await File.ReadAllLinesAsync(house.Postgres.LogFile, Cancelled)).Count(line => line.Contains("could not extend file", StringComparison.Ordinal));
        Assert.InRange(attempts, 1, (2 * refusals.Count) - 1);
    }

    [Fact(Explicit = true, DisplayName = "F16: To a full disk of the WAL, which stops the server, loses nothing that was acknowledged")]
    public async Task To_a_full_disk_of_the_WAL_loses_nothing_that_was_acknowledged()
    {
        await using var house = await FaultyHouse.StartAsync(app, new FaultyHouseOptions { WalDisk = 128 });
        var authors = await AuthorsAsync(house);
        var fault = FillWalAndStartAgainAsync(house, authors);
        await Task.WhenAll(authors.Select(author => author.WriteUntilAsync(fault, atLeast: 10)));
        await fault;

        await CheckAsync(house, authors);
    }

    [Fact(DisplayName = "F26: To a killed server loses nothing that was acknowledged")]
    public Task To_a_killed_server_loses_nothing_that_was_acknowledged() => SurviveAsync(
        times: 2, house => house.KillPostgresAsync(), mayFail: true);

    [Fact(Explicit = true, DisplayName = "F26: To a server killed ten times loses nothing, and no page of it is torn")]
    public Task To_a_server_killed_ten_times_loses_nothing() => SurviveAsync(
        times: 10, house => house.KillPostgresAsync(), mayFail: true, afterwards: house => house.CheckPagesAsync());

    private async Task SurviveAsync(
        int times, Func<FaultyHouse, Task> fault, bool mayFail, FaultyHouseOptions? options = null, Func<FaultyHouse, Task>? afterwards = null)
    {
        await using var house = await FaultyHouse.StartAsync(app, options);
        var authors = await AuthorsAsync(house);
        var faults = BreakAsync(house, authors, times, fault);
        await Task.WhenAll(authors.Select(author => author.WriteUntilAsync(faults, atLeast: 10)));
        await faults;
        if (afterwards is not null)
        {
            await afterwards(house);
        }

        await CheckAsync(house, authors);
        Assert.True(mayFail || authors.All(author => author.Refusals.Count == 0), string.Join('\n', authors.SelectMany(author => author.Refusals).Concat(house.Log.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)))));
        TellFigures(authors);
    }

    private async Task<List<Author>> AuthorsAsync(FaultyHouse house)
    {
        var authors = new List<Author>();
        for (var number = 0; number < Authors; number++)
        {
            var client = await app.SignInAsync(house.Api);
            authors.Add(new(client, await client.CreateFileAsync(await client.DefaultStashAsync(), "history.md", "# Begun\n")));
        }

        return authors;
    }

    private static async Task CheckAsync(FaultyHouse house, List<Author> authors)
    {
        await using var database = await house.OpenAsync();
        foreach (var author in authors)
        {
            await author.CheckAsync(database);
            Assert.True(author.Acknowledged >= 5, $"Only {author.Acknowledged} writes were acknowledged.");
        }
    }

    private static void TellFigures(List<Author> authors) => TestContext.Current.TestOutputHelper?.WriteLine(
        $"{authors.Sum(author => author.Acknowledged)} acknowledged, {authors.Sum(author => author.Refusals.Count)} refused, longest wait for an answer {authors.Max(author => author.LongestGap).TotalSeconds:0.00} s");

    private static async Task FillAndFreeAsync(FaultyHouse house, List<Author> authors)
    {
        await EverybodyWritesAsync(authors);
        house.Disk.Fill();

        // An author who is refused goes on when the file has been read again: with two refusals each, reading works.
        await Eventually.TrueAsync(() => Task.FromResult(authors.All(author => author.Refusals.Count >= 2)), "every author is refused twice", Patience);
        house.Disk.Free();
        await EverybodyWritesAsync(authors);
    }

    private static async Task FillWalAndStartAgainAsync(FaultyHouse house, List<Author> authors)
    {
        await EverybodyWritesAsync(authors);
        house.Disk.Fill();
        await using (var database = await house.OpenAsync())
        {
            // Small texts would take their time to fill the segments that are still there.
            await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
            {
                for (var segment = 0; segment < 100; segment++)
                {
                    await database.ExecuteAsync("SELECT pg_logical_emit_message(true, 'filler', repeat('x', 1000000)), pg_switch_wal()");
                }
            });
        }

        await Eventually.TrueAsync(
            async () => (await File.ReadAllTextAsync(house.Postgres.LogFile, Cancelled)).Contains("PANIC", StringComparison.Ordinal), "the server gives up", Patience);
        house.Disk.Free();
        await house.StartPostgresAgainAsync();
        await EverybodyWritesAsync(authors);
    }

    private static async Task BreakAsync(FaultyHouse house, List<Author> authors, int times, Func<FaultyHouse, Task> fault)
    {
        for (var time = 0; time < times; time++)
        {
            await EverybodyWritesAsync(authors);
            await fault(house);
        }
    }

    /// <summary>Everybody is in the middle of something, and has got over the fault before.</summary>
    private static Task EverybodyWritesAsync(List<Author> authors)
    {
        var before = authors.ConvertAll(author => author.Acknowledged);

        return Eventually.TrueAsync(() => Task.FromResult(authors.Zip(before).All(pair => pair.First.Acknowledged > pair.Second)), "every author goes on writing", Patience);
    }
}
