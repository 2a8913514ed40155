using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Trash;

/// <summary>
/// Deletes many rows in statements of a bounded size, in the caller's transaction if there is one: the role's statement_timeout must not be what
/// decides how much a stash may hold.
/// </summary>
internal static class ChunkedDeletes
{
    /// <summary>Of a file its versions, tags, labels and search entry go with it, so a statement does many times this.</summary>
    private const int MaxRows = 200;

    /// <summary>Removes files, and what belongs to them.</summary>
    public static async Task DeleteFilesAsync(this StashesDbContext db, List<Guid> fileIds, CancellationToken cancellationToken)
    {
        foreach (var chunk in fileIds.Chunk(MaxRows))
        {
            await db.Files.Where(f => chunk.Contains(f.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>Removes folders; what was in them and is not removed stays, in none.</summary>
    public static async Task DeleteFoldersAsync(this StashesDbContext db, List<Guid> folderIds, CancellationToken cancellationToken)
    {
        foreach (var chunk in folderIds.Chunk(MaxRows))
        {
            await db.Folders.Where(f => chunk.Contains(f.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Removes contents that no version holds. What is packed against another one has a greater depth than that one, and goes first or with it:
    /// the foreign key is looked at when each statement is done.
    /// </summary>
    public static async Task DeleteContentsAsync(this StashesDbContext db, Guid ownerId, byte[][] hashes, CancellationToken cancellationToken)
    {
        var ordered = await db.Database
            .SqlQuery<byte[]>(
                $"""
                SELECT c.hash AS "Value"
                FROM stashes.contents AS c
                WHERE c.owner_id = {ownerId} AND c.hash = ANY ({hashes})
                ORDER BY c.depth DESC
                """)
            .ToListAsync(cancellationToken);
        foreach (var chunk in ordered.Chunk(MaxRows))
        {
            await db.Database.ExecuteSqlAsync($"DELETE FROM stashes.contents WHERE owner_id = {ownerId} AND hash = ANY ({chunk})", cancellationToken);
        }
    }
}
