using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

internal static class RevokeShare
{
    public static void MapRevokeShare(this IEndpointRouteBuilder shares) =>
        shares.MapDelete("/{shareId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(RevokeShare))
            .WithSummary("End a share for good, from the next request on");

    private static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid shareId, ClaimsPrincipal user, SharingDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        var revoked = await db.RevokeAsync(db.StandingSharesOf(userId).Where(s => s.Id == shareId), userId, now, cancellationToken);

        return revoked == 0 ? TypedResults.NotFound() : TypedResults.NoContent();
    }
}
