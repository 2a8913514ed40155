using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Stashes;

internal static class DeleteStash
{
    public static void MapDeleteStash(this IEndpointRouteBuilder stashes) =>
        stashes.MapDelete("/{stashId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(DeleteStash))
            .WithSummary("Move a stash and all in it into the trash");

    private static Task<Results<NoContent, NotFound>> HandleAsync(
        Guid stashId, ClaimsPrincipal user, StashesDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();

        return db.InTransactionAsync<Results<NoContent, NotFound>>(
            async (transaction, cancelled) =>
            {
                // The row lock that this takes keeps new files out while the old ones are counted.
                var deleted = await db.StashesOf(userId)
                    .Where(s => s.Id == stashId)
                    .ExecuteUpdateAsync(
                        s => s.SetProperty(stash => stash.DeletedAt, now).SetProperty(stash => stash.DeletedBy, userId), cancelled);
                if (deleted == 0)
                {
                    return TypedResults.NotFound();
                }

                var fileIds = await db.Files
                    .Where(f => f.StashId == stashId && f.DeletedAt == null)
                    .Select(f => f.Id)
                    .ToListAsync(cancelled);
                foreach (var chunk in fileIds.Chunk(FilesDeleted.MaxFiles))
                {
                    db.Publish(FilesDeleted.Type, new FilesDeleted(chunk, now), now);
                }

                await db.SaveChangesAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return TypedResults.NoContent();
            },
            committed: async cancelled =>
            {
                if (await db.Stashes.AnyAsync(s => s.Id == stashId && s.DeletedBy == userId && s.DeletedAt == now, cancelled))
                {
                    return TypedResults.NoContent();
                }

                return null;
            },
            cancellationToken);
    }
}
