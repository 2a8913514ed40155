using PromptStash.Stashes.Access;
using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Folders;

internal static class DeleteFolder
{
    public static void MapDeleteFolder(this IEndpointRouteBuilder folders) =>
        folders.MapDelete("/{folderId:guid}", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.EditInside)
            .WithName(nameof(DeleteFolder))
            .WithSummary("Move a folder and everything in it into the trash");

    private static Task<Results<NoContent, NotFound>> HandleAsync(
        Guid folderId, ClaimsPrincipal user, StashAccess access, StashesDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();

        return db.InTransactionAsync<Results<NoContent, NotFound>>(
            async (transaction, cancelled) =>
            {
                if (!await db.LockStashOfFolderAsync(folderId, access.OwnerOf(user), now, cancelled)
                    || !await access.FoldersOf(user).AnyAsync(f => f.Id == folderId, cancelled))
                {
                    return TypedResults.NotFound();
                }

                foreach (var chunk in (await DeleteAsync(db, folderId, userId, now, cancelled)).Chunk(FilesDeleted.MaxFiles))
                {
                    db.Publish(FilesDeleted.Type, new FilesDeleted(chunk, now), now);
                }

                await db.SaveChangesAsync(cancelled);
                await access.ConfirmFolderAsync(folderId, cancelled);
                await transaction.CommitAsync(cancelled);

                return TypedResults.NoContent();
            },
            committed: async cancelled =>
            {
                if (await db.Folders.AnyAsync(f => f.Id == folderId && f.DeletedBy == userId && f.DeletedAt == now, cancelled))
                {
                    return TypedResults.NoContent();
                }

                return null;
            },
            cancellationToken);
    }

    /// <summary>What is in the trash already stays there by itself: it does not come back with the folder.</summary>
    private static Task<List<Guid>> DeleteAsync(
        StashesDbContext db, Guid folderId, Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Database
            .SqlQuery<Guid>(
                $"""
                WITH RECURSIVE below AS (
                    SELECT {folderId} AS id
                    UNION ALL
                    SELECT f.id FROM below JOIN stashes.folders AS f ON f.parent_id = below.id AND f.deleted_at IS NULL
                ),
                deleted AS (
                    UPDATE stashes.folders AS f SET deleted_at = {now}, deleted_by = {userId}, trash_id = {folderId}
                    WHERE f.id = ANY (ARRAY(SELECT id FROM below))
                )
                UPDATE stashes.files AS f SET deleted_at = {now}, deleted_by = {userId}, trash_id = {folderId}
                WHERE f.folder_id = ANY (ARRAY(SELECT id FROM below)) AND f.deleted_at IS NULL
                RETURNING f.id AS "Value"
                """)
            .ToListAsync(cancellationToken);
}
