using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Stashes;

internal static class GetStash
{
    public static void MapGetStash(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(GetStash))
            .WithSummary("Get a stash")
            .WithResponseExample(StashSummary.Example);

    private static async Task<Results<Ok<StashSummary>, NotFound>> HandleAsync(
        Guid stashId, ClaimsPrincipal user, StashAccess access, StashesDbContext db, CancellationToken cancellationToken)
    {
        var stash = await access.StashesOf(user)
            .Where(s => s.Id == stashId)
            .Select(StashSummary.Projection)
            .SingleOrDefaultAsync(cancellationToken);

        if (stash is null)
        {
            return TypedResults.NotFound();
        }

        // Whoever was given a part is told about that part.
        return TypedResults.Ok(access.Reach?.Part is not { } part ? stash : stash with
        {
            Description = null,
            FileCount = await access.FilesOf(user).CountAsync(cancellationToken),
            FolderCount = part.Folders.Length,
        });
    }
}
