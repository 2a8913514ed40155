using Npgsql;

namespace PromptStash.MigrationService;

/// <summary>Rows that lack a value which a newer version of the program reads.</summary>
/// <param name="Table">Schema and table; it has a primary key <c>id</c>.</param>
/// <param name="Assignments">What is set, as in <c>SET</c>: <c>first_name = split_part(name, ' ', 1)</c>.</param>
/// <param name="Missing">Which rows still lack it: <c>first_name IS NULL</c>. What is done must not be asked for again.</param>
internal sealed record BackfillPlan(string Table, string Assignments, string Missing)
{
    private readonly int _batchSize = 1000;
    private readonly double _share = 0.5;

    /// <summary>Rows of one transaction. Few, so that whoever writes one of them waits for a moment only.</summary>
    public int BatchSize
    {
        get => _batchSize;
        init => _batchSize = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(BatchSize), value, "A batch has at least one row.");
    }

    /// <summary>How much of the time is spent working; the rest is left to the users. More than 0, at most 1.</summary>
    public double Share
    {
        get => _share;
        init => _share = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Share), value, "The share of the time is more than 0 and at most 1.");
    }
}

/// <summary>
/// Gives rows a value they lack while users work: in batches, each a transaction of its own, with a pause after each. It may be stopped or killed
/// at any moment and begun again, because it asks for what is missing and keeps no record of its own.
/// </summary>
internal sealed class Backfill(NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>Works until no row lacks the value.</summary>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="MigrationException">Rows lack the value still after they were given it: the plan would never come to an end.</exception>
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
            var (rows, still, end) = await BatchAsync(plan, last, cancellationToken);
            if (still > 0)
            {
                throw new MigrationException(
                    $"{still} of {rows} rows of {plan.Table} up to id {end} are still asked for ({plan.Missing}) after they were given a value ({plan.Assignments}). "
                    + "This would never come to an end: let the two say the same of every row, and begin again; what is done is kept.");
            }

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

    private async Task<(long Rows, long Still, Guid Last)> BatchAsync(BackfillPlan plan, Guid after, CancellationToken cancellationToken)
    {
        // Locked in the order of the key, like every batch, so that two runs at once wait for each other instead of ending each other. What a row
        // lacks is asked again of the row as it is then.
        await using var command = source.CreateCommand(
            $"""
            WITH batch (batch_id) AS MATERIALIZED (
                SELECT id FROM {plan.Table} WHERE id > $1 AND ({plan.Missing}) ORDER BY id LIMIT $2 FOR NO KEY UPDATE),
            changed AS (
                UPDATE {plan.Table} AS t SET {plan.Assignments} FROM batch WHERE t.id = batch_id RETURNING t.id, ({plan.Missing}) IS TRUE AS still)
            SELECT count(*), count(*) FILTER (WHERE still), (SELECT id FROM changed ORDER BY id DESC LIMIT 1) FROM changed
            """);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = plan.BatchSize });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);

        return (reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? after : reader.GetGuid(2));
    }
}
