using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Usage;

/// <summary>Makes one row of an owner's many changes, so that the sum stays quick.</summary>
internal static class UsageCompactor
{
    /// <summary>How many owners' rows one statement takes, so that none of them holds locks for long.</summary>
    private const int OwnersAtOnce = 100;

    /// <summary>
    /// Sums up all owners that have more than one row. Each statement replaces rows by their sum at one moment, so a reader sees the one or
    /// the other; rows that somebody adds meanwhile stay as they are, and rows that another process is summing up are passed over.
    /// </summary>
    /// <returns>How many rows there are less.</returns>
    public static async Task<int> CompactUsageAsync(this StashesDbContext db, CancellationToken cancellationToken)
    {
        var removed = await CompactAsync(
            db.UsageChanges.Select(change => change.OwnerId), owners => SumUpAsync(db, "usage_changes", ["stashes", "files", "bytes"], owners, cancellationToken), cancellationToken);

        return removed + await CompactAsync(
            db.TextChanges.Select(change => change.OwnerId), owners => SumUpAsync(db, "text_changes", ["bytes"], owners, cancellationToken), cancellationToken);
    }

    private static async Task<int> CompactAsync(IQueryable<Guid> changes, Func<Guid[], Task<int>> sumUp, CancellationToken cancellationToken)
    {
        var removed = 0;
        for (var after = Guid.Empty; ;)
        {
            var owners = await changes
                .Where(owner => owner > after)
                .GroupBy(owner => owner)
                .Where(ofOne => ofOne.Count() > 1)
                .OrderBy(ofOne => ofOne.Key)
                .Select(ofOne => ofOne.Key)
                .Take(OwnersAtOnce)
                .ToArrayAsync(cancellationToken);
            if (owners.Length == 0)
            {
                return removed;
            }

            removed += await sumUp(owners);
            after = owners[^1];
        }
    }

    /// <summary>Table and columns are the program's own words.</summary>
    private static async Task<int> SumUpAsync(StashesDbContext db, string table, string[] columns, Guid[] owners, CancellationToken cancellationToken)
    {
        var sql =
            $$"""
            WITH removed AS (
                DELETE FROM stashes.{{table}}
                WHERE id IN (SELECT id FROM stashes.{{table}} WHERE owner_id = ANY ({0}) ORDER BY id FOR UPDATE SKIP LOCKED)
                RETURNING owner_id, {{string.Join(", ", columns)}}),
            added AS (
                INSERT INTO stashes.{{table}} (owner_id, {{string.Join(", ", columns)}})
                SELECT owner_id, {{string.Join(", ", columns.Select(column => $"sum({column})"))}} FROM removed GROUP BY owner_id
                RETURNING 1)
            SELECT ((SELECT count(*) FROM removed) - (SELECT count(*) FROM added))::integer AS "Value"
            """;

        return (await db.Database.SqlQueryRaw<int>(sql, owners).ToListAsync(cancellationToken))[0];
    }
}
