using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Access;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;

namespace PromptStash.Sharing.Received;

internal static class DeclineShare
{
    public static void MapDeclineShare(this IEndpointRouteBuilder received) =>
        received.MapDelete("/{shareId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(DeclineShare))
            .WithSummary("Decline what is shared with you; only its owner can share it again");

    private static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid shareId, ClaimsPrincipal user, SharingDbContext db, IUserDirectory users, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        var names = await users.NamesOfAsync(userId, cancellationToken);
        var declined = await db.ChangeAsync(
            $"""
            UPDATE sharing.file_shares SET revoked_at = {now}
            WHERE id = {shareId} AND shared_with = ANY ({names}) AND revoked_at IS NULL AND disabled_at IS NULL AND (expires_at IS NULL OR expires_at > {now})
            RETURNING id
            """,
            userId, ShareActions.Decline, now, cancellationToken);

        return declined == 0 ? TypedResults.NotFound() : TypedResults.NoContent();
    }
}
