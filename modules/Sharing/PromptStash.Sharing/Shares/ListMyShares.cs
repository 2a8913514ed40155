using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

internal static class ListMyShares
{
    public static void MapListMyShares(this IEndpointRouteBuilder shares) =>
        shares.MapGet("/mine", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListMyShares))
            .WithSummary("List everything that you have shared, newest first")
            .WithResponseExample(new Page<ShareAnswer>([ShareAnswer.Example], Next: null));

    private static async Task<Results<Ok<Page<ShareAnswer>>, ValidationProblem>> HandleAsync(
        ClaimsPrincipal user,
        SharingDbContext db,
        IStashFiles files,
        TimeProvider time,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!ShareQueries.TryReadCursor(after, out var before))
        {
            return Problems.InvalidCursor();
        }

        return TypedResults.Ok(await db.StandingSharesOf(user.GetUserId(), time.GetUtcNow()).PageAsync(files, before, limit, cancellationToken));
    }
}
