using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Trash;

/// <summary>
/// What was thrown away is what its own id is the trash id of: what a folder took along is not listed by itself. What lies in the trash of a
/// stash that lies there too comes into sight again with it.
/// </summary>
internal static class TrashQueries
{
    /// <summary>One page of what a user has thrown away, the last first, beginning after a place in that order.</summary>
    /// <param name="db">The context.</param>
    /// <param name="ownerId">Whose trash.</param>
    /// <param name="only">The only stashes to look at; null for all.</param>
    /// <param name="before">The time and id of the last row before the page.</param>
    /// <param name="limit">How many rows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task<List<TrashItem>> ReadTrashAsync(
        this StashesDbContext db, Guid ownerId, Guid[]? only, TrashPlace before, int limit, CancellationToken cancellationToken)
    {
        var all = only is null;
        var stashes = only ?? [];

        return db.Database
            .SqlQuery<TrashItem>(
                $"""
                (SELECT f.id, 0 AS type, f.name, f.path, f.stash_id, f.deleted_at, f.deleted_by
                 FROM stashes.files AS f JOIN stashes.stashes AS s ON s.id = f.stash_id
                 WHERE f.owner_id = {ownerId} AND f.trash_id = f.id AND s.deleted_at IS NULL AND ({all} OR s.id = ANY ({stashes}))
                   AND (f.deleted_at, f.id) < ({before.DeletedAt}, {before.Id})
                 ORDER BY f.deleted_at DESC, f.id DESC LIMIT {limit})
                UNION ALL
                (SELECT f.id, 1, f.name, f.path, f.stash_id, f.deleted_at, f.deleted_by
                 FROM stashes.folders AS f JOIN stashes.stashes AS s ON s.id = f.stash_id
                 WHERE s.user_id = {ownerId} AND f.trash_id = f.id AND s.deleted_at IS NULL AND ({all} OR s.id = ANY ({stashes}))
                   AND (f.deleted_at, f.id) < ({before.DeletedAt}, {before.Id})
                 ORDER BY f.deleted_at DESC, f.id DESC LIMIT {limit})
                UNION ALL
                (SELECT s.id, 2, s.name, NULL, s.id, s.deleted_at, s.deleted_by
                 FROM stashes.stashes AS s
                 WHERE s.user_id = {ownerId} AND s.deleted_at IS NOT NULL AND ({all} OR s.id = ANY ({stashes}))
                   AND (s.deleted_at, s.id) < ({before.DeletedAt}, {before.Id})
                 ORDER BY s.deleted_at DESC, s.id DESC LIMIT {limit})
                ORDER BY deleted_at DESC, id DESC
                LIMIT {limit}
                """)
            .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// What anybody but the owners <paramref name="without"/> threw away before a time, the oldest first; also from stashes that lie in the trash
    /// themselves.
    /// </summary>
    public static Task<List<TrashEntry>> ReadTrashBeforeAsync(
        this StashesDbContext db, DateTimeOffset time, Guid[] without, int limit, CancellationToken cancellationToken) =>
        db.Database
            .SqlQuery<TrashEntry>(
                $"""
                SELECT type, id, stash_id, owner_id
                FROM ((SELECT 0 AS type, id, stash_id, owner_id, deleted_at
                       FROM stashes.files WHERE trash_id = id AND deleted_at < {time} AND owner_id <> ALL ({without}) ORDER BY deleted_at LIMIT {limit})
                      UNION ALL
                      (SELECT 1, f.id, f.stash_id, s.user_id, f.deleted_at
                       FROM stashes.folders AS f JOIN stashes.stashes AS s ON s.id = f.stash_id
                       WHERE f.trash_id = f.id AND f.deleted_at < {time} AND s.user_id <> ALL ({without}) ORDER BY f.deleted_at LIMIT {limit})
                      UNION ALL
                      (SELECT 2, id, id, user_id, deleted_at
                       FROM stashes.stashes WHERE deleted_at < {time} AND user_id <> ALL ({without}) ORDER BY deleted_at LIMIT {limit})) AS trash
                ORDER BY deleted_at
                LIMIT {limit}
                """)
            .ToListAsync(cancellationToken);

    /// <summary>What a user has in the trash under an id; null when there is nothing.</summary>
    public static async Task<TrashEntry?> FindTrashAsync(this StashesDbContext db, Guid ownerId, Guid id, CancellationToken cancellationToken) =>
        await db.Files
            .Where(f => f.Id == id && f.TrashId == id && f.OwnerId == ownerId && f.Stash.DeletedAt == null)
            .Select(f => new TrashEntry(TrashType.File, f.Id, f.StashId, ownerId))
            .SingleOrDefaultAsync(cancellationToken)
        ?? await db.Folders
            .Where(f => f.Id == id && f.TrashId == id && f.Stash.UserId == ownerId && f.Stash.DeletedAt == null)
            .Select(f => new TrashEntry(TrashType.Folder, f.Id, f.StashId, ownerId))
            .SingleOrDefaultAsync(cancellationToken)
        ?? await db.Stashes
            .Where(s => s.Id == id && s.UserId == ownerId && s.DeletedAt != null)
            .Select(s => new TrashEntry(TrashType.Stash, s.Id, s.Id, ownerId))
            .SingleOrDefaultAsync(cancellationToken);
}

/// <summary>A place in the order of the trash.</summary>
internal sealed record TrashPlace(DateTimeOffset DeletedAt, Guid Id)
{
    /// <summary>Before everything: the last moment that there is, and the last id.</summary>
    public static readonly TrashPlace Start = new(new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero), Guid.AllBitsSet);
}
