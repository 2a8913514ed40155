using Npgsql;

namespace PromptStash.MigrationService;

/// <summary>Rows that lack a value which a newer version of the program reads.</summary>
/// <param name="Table">Schema and table; it has a primary key <c>id</c>.</param>
/// <param name="Assignments">What is set, as in <c>SET</c>: <c>first_name = split_part(name, ' ', 1)</c>.</param>
/// <param name="Missing">Which rows still lack it: <c>first_name IS NULL</c>. What is done must not be asked for again.</param>
internal sealed record BackfillPlan(string Table, string Assignments, string Missing)
{
    /// <summary>Rows of one transaction. Few, so that whoever writes one of them waits for a moment only.</summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>How much of the time is spent working; the rest is left to the users. 0 to 1.</summary>
    public double Share { get; init; } = 0.5;
}

/// <summary>
/// Gives rows a value they lack while users work: in batches, each a transaction of its own, with a pause after each. It may be stopped or killed
/// at any moment and begun again, because it asks for what is missing and keeps no record of its own.
/// </summary>
internal sealed class Backfill(NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>Works until no row lacks the value.</summary>
    /// <returns>How many rows it changed.</returns>
    public async Task<long> RunAsync(BackfillPlan plan, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var changed = 0L;
        while (true)
        {
            var inThisPass = await PassAsync(plan, count => progress?.Report(changed + count), cancellationToken);
            changed += inThisPass;
            if (inThisPass == 0)
            {
                return changed; // A pass meets rows that were written behind it while it ran; one that finds nothing is the last.
            }
        }
    }

    private async Task<long> PassAsync(BackfillPlan plan, Action<long> report, CancellationToken cancellationToken)
    {
        // By key, so that no batch reads again past what is done.
        var last = Guid.Empty;
        var changed = 0L;
        while (true)
        {
            var started = time.GetTimestamp();
            var (rows, end) = await BatchAsync(plan, last, cancellationToken);
            if (rows == 0)
            {
                return changed;
            }

            changed += rows;
            last = end;
            report(changed);
            await Task.Delay(time.GetElapsedTime(started) * ((1 / plan.Share) - 1), time, cancellationToken);
        }
    }

    private async Task<(long Rows, Guid Last)> BatchAsync(BackfillPlan plan, Guid after, CancellationToken cancellationToken)
    {
        // Locked in the order of the key, like every batch, so that two runs at once wait for each other instead of ending each other.
        await using var command = source.CreateCommand(
            $"""
            WITH batch AS MATERIALIZED (
                SELECT id FROM {plan.Table} WHERE id > $1 AND ({plan.Missing}) ORDER BY id LIMIT $2 FOR NO KEY UPDATE),
            changed AS (
                UPDATE {plan.Table} AS t SET {plan.Assignments} FROM batch WHERE t.id = batch.id RETURNING t.id)
            SELECT count(*), (SELECT id FROM changed ORDER BY id DESC LIMIT 1) FROM changed
            """);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = plan.BatchSize });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);

        return (reader.GetInt64(0), reader.IsDBNull(1) ? after : reader.GetGuid(1));
    }
}
