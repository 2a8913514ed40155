using PromptStash.Sharing.Data;
using PromptStash.Sharing.Links;

namespace PromptStash.Sharing.Shares;

/// <summary>A link's new secret, this once only.</summary>
internal sealed record RenewedToken(string Token, string Url);

internal static class RenewShareToken
{
    public static void MapRenewShareToken(this IEndpointRouteBuilder shares) =>
        shares.MapPost("/{shareId:guid}/token", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(RenewShareToken))
            .WithSummary("Give a link a new token; the old one opens nothing any more")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithResponseExample(new RenewedToken("ps_4Zt1…", "https://prompts.example.com/api/v1/shared/ps_4Zt1…"));

    private static async Task<Results<Ok<RenewedToken>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid shareId,
        HttpContext http,
        ClaimsPrincipal user,
        SharingDbContext db,
        LinkAddress address,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var token = LinkToken.Create();
        var hash = LinkToken.Hash(token);
        var now = time.GetUtcNow();
        var renewed = await db.InTransactionAsync(
            async (transaction, cancelled) =>
            {
                var rows = await db.StandingSharesOf(userId, now)
                    .Where(s => s.Id == shareId && s.ShareToken != null)
                    .ExecuteUpdateAsync(s => s.SetProperty(share => share.ShareToken, hash), cancelled);
                if (rows == 1)
                {
                    db.Note(shareId, userId, ShareActions.NewToken, now);
                    await db.SaveChangesAsync(cancelled);
                    await transaction.CommitAsync(cancelled);
                }

                return rows;
            },
            cancellationToken);
        if (renewed == 0)
        {
            return await db.StandingSharesOf(userId, now).AnyAsync(s => s.Id == shareId, cancellationToken)
                ? Problems.Conflict("This is shared with a person, so it has no link.")
                : TypedResults.NotFound();
        }

        return TypedResults.Ok(new RenewedToken(token, address.Of(http.Request, token)));
    }
}
