using Npgsql;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>
/// Four authors write, two to a file, while server, pooler or sessions go away under them. What was acknowledged is kept, whatever went; what
/// was planned is not even noticed.
/// </summary>
public sealed class LosingTheDatabaseWhileWriting(PromptStashApp app)
{
    /// <summary>A server that recovers on a busy machine takes its time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The longest time that nobody's write is acknowledged; on a machine that does nothing else it is a second or two.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(30);

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
        times: 3,
        async house =>
        {
            var before = await house.SessionsAsync();
            Assert.NotEmpty(before);
            await house.TellPgBouncerAsync("RECONNECT");
            await Eventually.TrueAsync(async () => !before.Intersect(await house.SessionsAsync()).Any(), "no session from before is left", Patience);
        },
        mayFail: false);

    [Fact(DisplayName = "F10: To sessions that an administrator ends fails nothing")]
    public Task To_sessions_that_an_administrator_ends_fails_nothing() => SurviveAsync(
        times: 20, house => house.EndSessionsAsync(), mayFail: false);

    [Fact(Explicit = true, DisplayName = "F15: To a full disk is refused with 507, reads go on, and with room again so does everything")]
    public async Task To_a_full_disk_is_refused_while_reads_go_on()
    {
        await using var house = await FaultyHouse.StartAsync(app, new FaultyHouseOptions { DatabaseDisk = 64 });
        var authors = await AuthorsAsync(house);
        var fault = FillAndFreeAsync(house, authors);
        await authors.WriteUntilAsync(fault);
        await fault;

        await CheckAsync(house, authors);
        Assert.All(authors.Failures, failure => Assert.StartsWith("507 ", failure, StringComparison.Ordinal));

        // Asking a full disk again at once only makes it worse: each refusal was one attempt.
        var attempts = (await File.ReadAllLinesAsync(house.Postgres.LogFile, Cancelled)).Count(line => line.Contains("could not extend file", StringComparison.Ordinal));
        Assert.InRange(attempts, 1, (2 * authors.Failures.Count) - 1);
    }

    [Fact(Explicit = true, DisplayName = "F16: To a full disk of the WAL, which stops the server, loses nothing that was acknowledged")]
    public async Task To_a_full_disk_of_the_WAL_loses_nothing_that_was_acknowledged()
    {
        await using var house = await FaultyHouse.StartAsync(app, new FaultyHouseOptions { WalDisk = 128 });
        var authors = await AuthorsAsync(house);
        var fault = FillWalAndStartAgainAsync(house, authors);
        await authors.WriteUntilAsync(fault);
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
        await authors.WriteUntilAsync(faults);
        await faults;
        if (afterwards is not null)
        {
            await afterwards(house);
        }

        await CheckAsync(house, authors);

        // Whoever failed has read the file again before the next write: a fault fails an author once, seldom twice.
        var failures = authors.Failures;
        Assert.True(
            failures.Count <= (mayFail ? 2 * times * authors.Count : 0),
            string.Join('\n', failures.Concat(house.Log.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)))));
        Assert.InRange(authors.LongestGap, TimeSpan.Zero, LongestGap);
    }

    private async Task<Authors> AuthorsAsync(FaultyHouse house) => await Authors.BeginAsync(app, await app.SignInAsync(house.Api), await app.SignInAsync(house.Api));

    private static async Task CheckAsync(FaultyHouse house, Authors authors)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(authors.Figures);
        await using var database = await house.OpenAsync();
        await authors.CheckAsync(database);
    }

    private static async Task FillAndFreeAsync(FaultyHouse house, Authors authors)
    {
        await authors.MoveOnAsync(1, Patience);
        house.Disk.Fill();

        // An author who is refused goes on when the file has been read again: with two refusals each, reading works.
        await Eventually.TrueAsync(() => Task.FromResult(authors.AllFailed(times: 2)), "every author is refused twice", Patience);
        house.Disk.Free();
        await authors.MoveOnAsync(1, Patience);
    }

    private static async Task FillWalAndStartAgainAsync(FaultyHouse house, Authors authors)
    {
        await authors.MoveOnAsync(1, Patience);
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
        await authors.MoveOnAsync(1, Patience);
    }

    private static async Task BreakAsync(FaultyHouse house, Authors authors, int times, Func<FaultyHouse, Task> fault)
    {
        for (var time = 0; time < times; time++)
        {
            await authors.MoveOnAsync(1, Patience);
            await fault(house);
        }
    }
}
