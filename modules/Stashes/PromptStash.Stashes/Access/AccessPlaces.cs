using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Access;

/// <summary>Where something lies.</summary>
/// <param name="StashId">The stash that it is in, or is.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="Folders">The folders that it is in, the nearest first.</param>
internal sealed record Place(Guid StashId, Guid OwnerId, Guid[] Folders)
{
    /// <summary>All that it is in.</summary>
    public IEnumerable<Guid> Around => [.. Folders, StashId];
}

/// <summary>Something that a person was given, or that lies in a folder which they were given.</summary>
/// <param name="Id">A folder or file, or the stash.</param>
/// <param name="StashId">The stash that it is in, or is.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="Root">What was given.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
internal sealed record Covered(Guid Id, Guid StashId, Guid OwnerId, Guid Root, bool IsFolder);

/// <summary>Finds out where things lie: up by primary keys, as deep as they lie, however much there is beside them.</summary>
internal static class AccessPlaces
{
    /// <summary>Where a file lies; null when it is not there, or in the trash unless <paramref name="also"/> says that it may be.</summary>
    public static async Task<Place?> FindPlaceOfFileAsync(this StashesDbContext db, Guid fileId, bool also, CancellationToken cancellationToken) =>
        (await db.Database
            .SqlQuery<Place>(
                $"""
                WITH RECURSIVE above AS (
                    SELECT f.folder_id AS id, 1 AS n FROM stashes.files AS f WHERE f.id = {fileId} AND f.folder_id IS NOT NULL
                    UNION ALL
                    SELECT d.parent_id, above.n + 1 FROM above JOIN stashes.folders AS d ON d.id = above.id WHERE d.parent_id IS NOT NULL)
                SELECT s.id AS stash_id, s.user_id AS owner_id, ARRAY(SELECT id FROM above ORDER BY n) AS folders
                FROM stashes.files AS f JOIN stashes.stashes AS s ON s.id = f.stash_id
                WHERE f.id = {fileId} AND s.deleted_at IS NULL AND (f.deleted_at IS NULL OR {also})
                """)
            .ToListAsync(cancellationToken)).SingleOrDefault();

    /// <summary>Where a folder lies; null when it is not there, or in the trash unless <paramref name="also"/> says that it may be.</summary>
    public static async Task<Place?> FindPlaceOfFolderAsync(this StashesDbContext db, Guid folderId, bool also, CancellationToken cancellationToken) =>
        (await db.Database
            .SqlQuery<Place>(
                $"""
                WITH RECURSIVE above AS (
                    SELECT f.parent_id AS id, 1 AS n FROM stashes.folders AS f WHERE f.id = {folderId} AND f.parent_id IS NOT NULL
                    UNION ALL
                    SELECT d.parent_id, above.n + 1 FROM above JOIN stashes.folders AS d ON d.id = above.id WHERE d.parent_id IS NOT NULL)
                SELECT s.id AS stash_id, s.user_id AS owner_id, ARRAY(SELECT id FROM above ORDER BY n) AS folders
                FROM stashes.folders AS f JOIN stashes.stashes AS s ON s.id = f.stash_id
                WHERE f.id = {folderId} AND s.deleted_at IS NULL AND (f.deleted_at IS NULL OR {also})
                """)
            .ToListAsync(cancellationToken)).SingleOrDefault();

    /// <summary>
    /// What these files, folders and stashes cover, each folder with all folders in it: one query, however many they are.
    /// </summary>
    public static Task<List<Covered>> FindCoveredAsync(this StashesDbContext db, Guid[] targets, Guid? stashId, CancellationToken cancellationToken) =>
        db.Database
            .SqlQuery<Covered>(
                $"""
                WITH RECURSIVE below AS (
                    SELECT f.id, f.stash_id, f.id AS root FROM stashes.folders AS f WHERE f.id = ANY ({targets}) AND f.deleted_at IS NULL
                    UNION ALL
                    SELECT f.id, f.stash_id, below.root
                    FROM below JOIN stashes.folders AS f ON f.parent_id = below.id AND f.deleted_at IS NULL),
                covered AS (
                    SELECT id, stash_id, root, true AS is_folder FROM below
                    UNION ALL
                    SELECT f.id, f.stash_id, f.id, false FROM stashes.files AS f WHERE f.id = ANY ({targets}) AND f.deleted_at IS NULL
                    UNION ALL
                    SELECT s.id, s.id, s.id, false FROM stashes.stashes AS s WHERE s.id = ANY ({targets}))
                SELECT c.id, c.stash_id, s.user_id AS owner_id, c.root, c.is_folder
                FROM covered AS c JOIN stashes.stashes AS s ON s.id = c.stash_id
                WHERE s.deleted_at IS NULL AND ({stashId}::uuid IS NULL OR s.id = {stashId})
                """)
            .ToListAsync(cancellationToken);
}
