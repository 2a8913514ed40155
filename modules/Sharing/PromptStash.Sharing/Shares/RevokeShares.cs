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
        [Description("A user's id or an e-mail address, as the share was made with.")] string? person = null,
        [Description("true for links, false for shares with persons.")] bool? links = null)
    {
        if (target is null && person is null && links is null)
        {
            return Problems.Invalid("target", "Say which shares are to end: by target, person or links.");
        }

        var userId = user.GetUserId();
        var sharedWith = person?.ToLowerInvariant();
        var shares = db.StandingSharesOf(userId).Where(s =>
            (target == null || s.TargetId == target)
            && (sharedWith == null || s.SharedWith == sharedWith)
            && (links == null || (s.ShareToken != null) == links));

        return TypedResults.Ok(new RevokedShares(await db.RevokeAsync(shares, userId, time.GetUtcNow(), cancellationToken)));
    }
}
