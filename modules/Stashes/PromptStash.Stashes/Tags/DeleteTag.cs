using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Tags;

internal static class DeleteTag
{
    public static void MapDeleteTag(this IEndpointRouteBuilder tags) =>
        tags.MapDelete("/{tagId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(DeleteTag))
            .WithSummary("Delete a tag and take it off all files");

    private static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid tagId, ClaimsPrincipal user, StashesDbContext db, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var deleted = await db.Tags.Where(t => t.Id == tagId && t.OwnerId == userId).ExecuteDeleteAsync(cancellationToken);

        return deleted == 0 ? TypedResults.NotFound() : TypedResults.NoContent();
    }
}
