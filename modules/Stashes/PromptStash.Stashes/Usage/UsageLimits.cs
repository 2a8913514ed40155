using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Usage;

/// <summary>What a limit of use is on.</summary>
[Flags]
internal enum UsageKinds
{
    /// <summary>Stashes, those in the trash too.</summary>
    Stashes = 1,

    /// <summary>Files, those in the trash too.</summary>
    Files = 2,

    /// <summary>
    /// Bytes of all contents, every version's, unpacked, each text counted once; or of what the files hold now, if that is more: each file
    /// keeps its newest text as it is, so that copies take room, too.
    /// </summary>
    Bytes = 4,

    /// <summary>Folders, those in the trash too.</summary>
    Folders = 8,
}

/// <summary>What an owner keeps.</summary>
internal sealed record UsageTotals(long Stashes, long Folders, long Files, long Bytes);

/// <summary>Keeps every owner within the limits of stashes, folders, files and bytes.</summary>
internal sealed class UsageLimits(StashesDbContext db, IOptions<StashesOptions> options)
{
    /// <summary>
    /// Every transaction that adds to what an owner keeps calls this, once, as the last thing before its commit: what it wrote is counted
    /// already. The owner's lock is held from here to the commit, so that of two writers the second one counts what the first one wrote,
    /// and no longer, so that a long import holds nobody up.
    /// </summary>
    /// <param name="ownerId">Whose stashes were written to.</param>
    /// <param name="added">What the transaction may have added; the rest is not looked at.</param>
    /// <param name="cancellationToken">Ends it; what is not committed is undone.</param>
    /// <exception cref="UsageLimitException">There is more than the owner may keep. It is answered by <see cref="UsageLimitFilter"/>.</exception>
    public async Task CheckAsync(Guid ownerId, UsageKinds added, CancellationToken cancellationToken)
    {
        // At transaction level it works through PgBouncer. The sum must be another statement: one that waits for a lock goes on with the
        // snapshot that it began with.
        await db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended('stashes.usage ' || {ownerId}::text, 0))", cancellationToken);
        var totals = await ReadAsync(ownerId, added.HasFlag(UsageKinds.Folders), cancellationToken);
        foreach (var (kind, used, limit) in Compare(totals))
        {
            if (added.HasFlag(kind) && used > limit)
            {
                throw new UsageLimitException(ownerId, kind, used, limit);
            }
        }
    }

    /// <summary>What an owner keeps, the trash and all versions included.</summary>
    public Task<UsageTotals> ReadAsync(Guid ownerId, CancellationToken cancellationToken) => ReadAsync(ownerId, withFolders: true, cancellationToken);

    /// <summary>Folders are counted where they are: there are fewer of them than of files, and most of what is written makes none.</summary>
    private async Task<UsageTotals> ReadAsync(Guid ownerId, bool withFolders, CancellationToken cancellationToken)
    {
        var use = await db.UsageChanges
            .Where(change => change.OwnerId == ownerId)
            .GroupBy(change => change.OwnerId)
            .Select(all => new
            {
                Stashes = all.Sum(c => (long)c.Stashes),
                Files = all.Sum(c => (long)c.Files),
                Bytes = all.Sum(c => c.Bytes),
                Text = db.TextChanges.Where(change => change.OwnerId == ownerId).Sum(change => change.Bytes),
            })
            .SingleOrDefaultAsync(cancellationToken);
        var folders = withFolders ? await db.Folders.LongCountAsync(folder => folder.Stash.UserId == ownerId, cancellationToken) : 0;

        return new UsageTotals(use?.Stashes ?? 0, folders, use?.Files ?? 0, Math.Max(use?.Bytes ?? 0, use?.Text ?? 0));
    }

    private IEnumerable<(UsageKinds Kind, long Used, long Limit)> Compare(UsageTotals totals) =>
    [
        (UsageKinds.Stashes, totals.Stashes, options.Value.MaxStashesPerUser),
        (UsageKinds.Folders, totals.Folders, options.Value.MaxFoldersPerUser),
        (UsageKinds.Files, totals.Files, options.Value.MaxFilesPerUser),
        (UsageKinds.Bytes, totals.Bytes, options.Value.MaxBytesPerUser),
    ];
}
