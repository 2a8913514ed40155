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

    private async Task<NpgsqlDataSource> PrepareAsync(int rows)
    {
        var source = NpgsqlDataSource.Create(app.Postgres.ConnectionString(await app.CreateDatabaseAsync()));
        await using var command = source.CreateCommand(
            $"""
            CREATE TABLE people (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), number int, name text, first_name text);
            INSERT INTO people (number, name) SELECT n, 'Ada Lovelace' FROM generate_series(1, {rows}) n
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
