using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Trash;

internal static class PurgeFromTrash
{
    public static void MapPurgeFromTrash(this IEndpointRouteBuilder trash) =>
        trash.MapDelete("/{trashId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(PurgeFromTrash))
            .WithSummary("Delete something in the trash for good, with everything that was thrown away with it");

    private static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid trashId, ClaimsPrincipal user, StashesDbContext db, TrashPurger purger, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();

        return await db.FindTrashAsync(userId, trashId, cancellationToken) is { } entry && await purger.PurgeAsync(userId, [entry], cancellationToken) > 0
            ? TypedResults.NoContent()
            : TypedResults.NotFound();
    }
}
