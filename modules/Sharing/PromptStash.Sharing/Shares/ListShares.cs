using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

internal static class ListShares
{
    public static void MapListShares(this IEndpointRouteBuilder shares) =>
        shares.MapGet("/", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListShares))
            .WithSummary("List the shares of a file, folder or stash, newest first")
            .WithResponseExample(new Page<ShareAnswer>([ShareAnswer.Example], Next: null));

    private static async Task<Results<Ok<Page<ShareAnswer>>, NotFound, ValidationProblem>> HandleAsync(
        [Description("The id of the file, folder or stash.")] Guid target,
        ClaimsPrincipal user,
        SharingDbContext db,
        IStashFiles files,
        TimeProvider time,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        var userId = user.GetUserId();
        if (!ShareQueries.TryReadCursor(after, out var before))
        {
            return Problems.InvalidCursor();
        }

        var targets = await files.FindTargetsAsync([target], cancellationToken);
        if (targets.GetValueOrDefault(target)?.OwnerId != userId)
        {
            return TypedResults.NotFound();
        }

        return TypedResults.Ok(await db.StandingSharesOf(userId, time.GetUtcNow()).Where(s => s.TargetId == target).PageAsync(files, before, limit, cancellationToken));
    }
}
