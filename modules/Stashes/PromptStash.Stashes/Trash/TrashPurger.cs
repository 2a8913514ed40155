using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Trash;

/// <summary>Removes things from the trash for good.</summary>
internal sealed class TrashPurger(StashesDbContext db, ContentCollector contents, TimeProvider time)
{
    /// <summary>How many things are purged in one transaction.</summary>
    public const int MaxEntries = 200;

    /// <summary>
    /// Removes the rows of things of one owner, with everything that was thrown away with them, and then the contents that only they held. What was
    /// restored meanwhile stays. Returns how many there were.
    /// </summary>
    public async Task<int> PurgeAsync(Guid ownerId, IReadOnlyCollection<TrashEntry> entries, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var places = entries.Where(entry => entry.Type != TrashType.Stash).ToList();
        var ids = places.Select(entry => entry.Id).ToArray();
        var stashes = entries.Where(entry => entry.Type == TrashType.Stash).Select(entry => entry.Id).ToArray();
        var locked = places.Select(entry => entry.StashId).Concat(stashes).Distinct().ToArray();
        Purged? done = null;

        var purged = await db.InTransactionAsync<Purged>(
            async (transaction, cancelled) =>
            {
                // Also in a stash that lies in the trash itself, and without a change of it: whoever restores waits here, or this waits for them.
                await db.Database.ExecuteSqlAsync($"SELECT FROM stashes.stashes WHERE id = ANY ({locked}) ORDER BY id FOR NO KEY UPDATE", cancelled);
                var files = db.Files.Where(f => f.OwnerId == ownerId
                    && ((f.TrashId != null && ids.Contains(f.TrashId.Value)) || (stashes.Contains(f.StashId) && f.Stash.DeletedAt != null)));
                var alive = await files.Where(f => f.DeletedAt == null).Select(f => f.Id).ToListAsync(cancelled);
                var hashes = await files.SelectMany(f => f.Versions).Select(v => v.ContentHash).Distinct().ToArrayAsync(cancelled);

                var count = await files.CountAsync(f => f.TrashId == f.Id, cancelled);
                await db.DeleteFilesAsync(await files.Select(f => f.Id).ToListAsync(cancelled), cancelled);
                count += await db.Folders.CountAsync(f => f.TrashId == f.Id && ids.Contains(f.Id) && f.Stash.UserId == ownerId, cancelled);
                await db.DeleteFoldersAsync(
                    await db.Folders
                        .Where(f => f.Stash.UserId == ownerId
                            && ((f.TrashId != null && ids.Contains(f.TrashId.Value)) || (stashes.Contains(f.StashId) && f.Stash.DeletedAt != null)))
                        .Select(f => f.Id)
                        .ToListAsync(cancelled),
                    cancelled);
                count += await db.Stashes.Where(s => stashes.Contains(s.Id) && s.UserId == ownerId && s.DeletedAt != null).ExecuteDeleteAsync(cancelled);
                await contents.CollectAsync(ownerId, hashes, cancelled);

                // Told when the stash was thrown away, and again, in case something came into it by another way: ending a share twice ends it once.
                foreach (var chunk in alive.Chunk(FilesDeleted.MaxFiles))
                {
                    db.Publish(FilesDeleted.Type, new FilesDeleted(chunk, now), now);
                }

                await db.SaveChangesAsync(cancelled);
                done = new Purged(count);
                await transaction.CommitAsync(cancelled);

                return done;
            },
            committed: async cancelled => await AnyLeftAsync(ids, stashes, cancelled) ? null : done,
            cancellationToken);

        return purged.Count;
    }

    private async Task<bool> AnyLeftAsync(Guid[] ids, Guid[] stashes, CancellationToken cancellationToken) =>
        await db.Files.AnyAsync(f => f.TrashId != null && ids.Contains(f.TrashId.Value), cancellationToken)
        || await db.Folders.AnyAsync(f => f.TrashId != null && ids.Contains(f.TrashId.Value), cancellationToken)
        || await db.Stashes.AnyAsync(s => stashes.Contains(s.Id) && s.DeletedAt != null, cancellationToken);

    private sealed record Purged(int Count);
}
