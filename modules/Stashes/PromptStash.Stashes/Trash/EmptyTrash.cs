using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Trash;

internal static class EmptyTrash
{
    public static void MapEmptyTrash(this IEndpointRouteBuilder trash) =>
        trash.MapDelete("/", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(EmptyTrash))
            .WithSummary("Delete everything in the trash for good");

    private static async Task<NoContent> HandleAsync(
        ClaimsPrincipal user, StashesDbContext db, TrashPurger purger, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var before = TrashPlace.Start;
        while (await db.ReadTrashAsync(userId, only: null, before, TrashPurger.MaxEntries, cancellationToken) is [.., var last] items)
        {
            await purger.PurgeAsync(userId, items.ConvertAll(item => new TrashEntry(item.Type, item.Id, item.StashId, userId)), cancellationToken);

            // On to older things, whatever is thrown away or restored meanwhile: this ends.
            before = new TrashPlace(last.DeletedAt, last.Id);
        }

        return TypedResults.NoContent();
    }
}
