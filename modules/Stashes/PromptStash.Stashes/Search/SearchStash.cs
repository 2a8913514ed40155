using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Search;

internal static class SearchStash
{
    public static void MapSearchStash(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}/search", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(SearchStash))
            .WithSummary("Search a stash")
            .WithDescription(SearchQuery.Syntax + SearchFiles.Ranking)
            .WithResponseExample(SearchResult.Example);

    private static async Task<Results<Ok<SearchResult>, NotFound, ValidationProblem>> HandleAsync(
        Guid stashId,
        ClaimsPrincipal user,
        StashesDbContext db,
        SearchReader reader,
        IOptions<StashesOptions> options,
        CancellationToken cancellationToken,
        [Description(SearchQuery.Syntax)] string? q = null,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!SearchQuery.TryParse(q, options.Value.MaxSearchQueryLength, out var query, out var error))
        {
            return Problems.Invalid("q", error);
        }

        if (!Cursor.TryDecode(after, out var key) || !SearchPlace.TryParse(key, out var place))
        {
            return Problems.InvalidCursor();
        }

        var userId = user.GetUserId();
        if (!await db.StashesOf(userId).AnyAsync(s => s.Id == stashId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        return TypedResults.Ok(await reader.FindAsync(query, userId, [stashId], place, limit, cancellationToken));
    }
}
