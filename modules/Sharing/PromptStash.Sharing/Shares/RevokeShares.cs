using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

/// <summary>How many shares were ended.</summary>
internal sealed record RevokedShares(int Revoked);

internal static class RevokeShares
{
    public static void MapRevokeShares(this IEndpointRouteBuilder shares) =>
        shares.MapDelete("/", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(RevokeShares))
            .WithSummary("End many of your shares at once: of a target, with a person, or all links")
            .WithDescription("At least one filter must be given; those that are given must all hold.")
            .WithResponseExample(new RevokedShares(3));

    private static async Task<Results<Ok<RevokedShares>, ValidationProblem>> HandleAsync(
        ClaimsPrincipal user,
        SharingDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken,
        [Description("The id of a file, folder or stash.")] Guid? target = null,
        [PlainText, Description("A user's id or an e-mail address, as the share was made with.")] string? person = null,
        [Description("true for links, false for shares with persons.")] bool? links = null)
    {
        if (target is null && person is null && links is null)
        {
            return Problems.Invalid("target", "Say which shares are to end: by target, person or links.");
        }

        var userId = user.GetUserId();
        var sharedWith = person?.ToLowerInvariant();
        var now = time.GetUtcNow();
        var revoked = await db.ChangeAsync(
            $"""
            UPDATE sharing.file_shares SET revoked_at = {now}
            WHERE created_by = {userId} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > {now})
              AND ({target}::uuid IS NULL OR target_id = {target}::uuid)
              AND ({sharedWith}::text IS NULL OR shared_with = {sharedWith}::text)
              AND ({links}::boolean IS NULL OR (share_token IS NOT NULL) = {links}::boolean)
            RETURNING id
            """,
            userId, ShareActions.Revoke, now, cancellationToken);

        return TypedResults.Ok(new RevokedShares(revoked));
    }
}
