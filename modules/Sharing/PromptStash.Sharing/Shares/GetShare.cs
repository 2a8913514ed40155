using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

internal static class GetShare
{
    public static void MapGetShare(this IEndpointRouteBuilder shares) =>
        shares.MapGet("/{shareId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetShare))
            .WithSummary("Get a share that you have made, also one that is over")
            .WithResponseExample(ShareAnswer.Example);

    private static async Task<Results<Ok<ShareAnswer>, NotFound>> HandleAsync(
        Guid shareId, ClaimsPrincipal user, SharingDbContext db, IStashFiles files, CancellationToken cancellationToken)
    {
        var share = await db.SharesOf(user.GetUserId()).AsNoTracking().SingleOrDefaultAsync(s => s.Id == shareId, cancellationToken);

        return share is null
            ? TypedResults.NotFound()
            : TypedResults.Ok(ShareAnswer.Of(share, await files.FindTargetAsync(share.TargetType, share.TargetId, cancellationToken)));
    }
}
