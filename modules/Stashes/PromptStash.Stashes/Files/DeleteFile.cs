using PromptStash.Stashes.Access;
using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Files;

internal static class DeleteFile
{
    public static void MapDeleteFile(this IEndpointRouteBuilder files) =>
        files.MapDelete("/{fileId:guid}", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.EditInside)
            .WithName(nameof(DeleteFile))
            .WithSummary("Move a file into the trash");

    private static Task<Results<NoContent, NotFound>> HandleAsync(
        Guid fileId, ClaimsPrincipal user, StashAccess access, StashesDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();

        return db.InTransactionAsync<Results<NoContent, NotFound>>(
            async (transaction, cancelled) =>
            {
                var deleted = await access.FilesOf(user)
                    .Where(f => f.Id == fileId)
                    .ExecuteUpdateAsync(
                        f => f
                            .SetProperty(file => file.DeletedAt, now)
                            .SetProperty(file => file.DeletedBy, userId)
                            .SetProperty(file => file.TrashId, fileId),
                        cancelled);
                if (deleted == 0)
                {
                    return TypedResults.NotFound();
                }

                db.Publish(FilesDeleted.Type, new FilesDeleted([fileId], now), now);
                await db.SaveChangesAsync(cancelled);
                await access.ConfirmFileAsync(fileId, cancelled);
                await transaction.CommitAsync(cancelled);

                return TypedResults.NoContent();
            },
            committed: async cancelled =>
            {
                if (await db.Files.AnyAsync(f => f.Id == fileId && f.DeletedBy == userId && f.DeletedAt == now, cancelled))
                {
                    return TypedResults.NoContent();
                }

                return null;
            },
            cancellationToken);
    }
}
