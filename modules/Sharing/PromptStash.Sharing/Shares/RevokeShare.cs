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
        var revoked = await db.ChangeAsync(
            $"""
            UPDATE sharing.file_shares SET revoked_at = {now}
            WHERE id = {shareId} AND created_by = {userId} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > {now})
            RETURNING id
            """,
            userId, ShareActions.Revoke, now, cancellationToken);

        return revoked == 0 ? TypedResults.NotFound() : TypedResults.NoContent();
    }
}
