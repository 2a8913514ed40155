using Npgsql;
using PromptStash.MigrationService;

namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class Backfilling(PromptStashApp app)
{
    private static readonly BackfillPlan Plan = new("public.people", "first_name = split_part(name, ' ', 1)", "first_name IS NULL") { BatchSize = 50, Share = 1 };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gives_every_row_its_value()
    {
        await using var source = await PrepareAsync(rows: 520);

        var changed = await new Backfill(source, TimeProvider.System).RunAsync(Plan, progress: null, Cancelled);

        Assert.Equal(520, changed);
        Assert.Equal(0, await CountAsync(source, "first_name IS DISTINCT FROM 'Ada'"));
    }

    [Fact]
    public async Task Goes_on_where_a_run_was_stopped()
    {
        await using var source = await PrepareAsync(rows: 520);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new Backfill(source, TimeProvider.System).RunAsync(Plan, new StopAt(200, stop), stop.Token));
        var done = await CountAsync(source, "first_name IS NOT NULL");

        var changed = await new Backfill(source, TimeProvider.System).RunAsync(Plan, progress: null, Cancelled);

        Assert.InRange(done, 200, 519);
        Assert.Equal(520 - done, changed);
    }

    [Fact]
    public async Task Leaves_alone_what_somebody_has_written_meanwhile()
    {
        await using var source = await PrepareAsync(rows: 100);
        await using (var command = source.CreateCommand("UPDATE people SET first_name = 'Grace' WHERE number = 7"))
        {
            await command.ExecuteNonQueryAsync(Cancelled);
        }

        await new Backfill(source, TimeProvider.System).RunAsync(Plan, progress: null, Cancelled);

        Assert.Equal(1, await CountAsync(source, "first_name = 'Grace'"));
    }

    [Fact]
    public async Task Twice_at_once_changes_every_row_once()
    {
        await using var source = await PrepareAsync(rows: 520);

        var changed = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => new Backfill(source, TimeProvider.System).RunAsync(Plan, progress: null, Cancelled)));

        Assert.Equal(520, changed.Sum());
    }

    [Fact]
    public async Task By_a_plan_that_never_comes_to_an_end_stops_and_says_why()
    {
        await using var source = await PrepareAsync(rows: 1, name: "Plato");
        var plan = new BackfillPlan("public.people", "first_name = split_part(name, ' ', 1)", "first_name || ' ' || split_part(name, ' ', 2) IS DISTINCT FROM name");

        var stopped = await Assert.ThrowsAsync<MigrationException>(() => new Backfill(source, TimeProvider.System).RunAsync(plan, progress: null, Cancelled));

        Assert.Contains("never come to an end", stopped.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Plato", "Plato", "")]
    [InlineData("Ada Lovelace", "Ada", "Lovelace")]
    [InlineData("Johann Sebastian Bach", "Johann", "Sebastian Bach")]
    public async Task Splits_a_name_of_any_number_of_words_and_loses_none(string name, string first, string last)
    {
        await using var source = await PrepareAsync(rows: 3, name);

        Assert.Equal(3, await new Backfill(source, TimeProvider.System).RunAsync(NameParts.Backfill("public.people"), progress: null, Cancelled));

        Assert.Equal(3, await CountAsync(source, $"first_name = '{first}' AND last_name = '{last}'"));
        Assert.Equal(new NameParts(first, last), NameParts.Of(name));
        Assert.Equal(name, NameParts.Of(name).ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void With_a_share_of_the_time_that_there_is_not_is_refused(double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Plan with { Share = share });

    [Fact]
    public void With_batches_of_nothing_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Plan with { BatchSize = 0 });

    [Fact]
    public async Task Leaves_the_users_their_share_of_the_time()
    {
        await using var source = await PrepareAsync(rows: 150);
        var time = new SecondByStep();

        await new Backfill(source, time).RunAsync(Plan with { Share = 0.25 }, progress: null, Cancelled);

        Assert.Equal([TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)], time.Pauses);
    }

    /// <summary>A second passes between one look at the clock and the next; pauses are over at once, and noted.</summary>
    private sealed class SecondByStep : TimeProvider
    {
        private long _now;

        public List<TimeSpan> Pauses { get; } = [];

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now++;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Add(dueTime);

            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private async Task<NpgsqlDataSource> PrepareAsync(int rows, string name = "Ada Lovelace")
    {
        var source = NpgsqlDataSource.Create(app.Postgres.ConnectionString(await app.CreateDatabaseAsync()));
        await using var command = source.CreateCommand(
            $"""
            CREATE TABLE people (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), number int, name text, first_name text, last_name text);
            INSERT INTO people (number, name) SELECT n, '{name}' FROM generate_series(1, {rows}) n
            """);
        await command.ExecuteNonQueryAsync(Cancelled);

        return source;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source, string condition)
    {
        await using var command = source.CreateCommand($"SELECT count(*) FROM people WHERE {condition}");

        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    private sealed class StopAt(long rows, CancellationTokenSource stop) : IProgress<long>
    {
        public void Report(long value)
        {
            if (value >= rows)
            {
                stop.Cancel();
            }
        }
    }
}
