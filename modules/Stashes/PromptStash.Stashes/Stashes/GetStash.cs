using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Stashes;

internal static class GetStash
{
    public static void MapGetStash(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetStash))
            .WithSummary("Get a stash")
            .WithResponseExample(StashSummary.Example);

    private static async Task<Results<Ok<StashSummary>, NotFound>> HandleAsync(
        Guid stashId, ClaimsPrincipal user, StashesDbContext db, CancellationToken cancellationToken)
    {
        var stash = await db.StashesOf(user.GetUserId())
            .Where(s => s.Id == stashId)
            .Select(StashSummary.Projection)
            .SingleOrDefaultAsync(cancellationToken);

        return stash is null ? TypedResults.NotFound() : TypedResults.Ok(stash);
    }
}
