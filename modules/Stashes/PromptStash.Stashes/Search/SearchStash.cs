using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;

namespace PromptStash.Stashes.Search;

internal static class SearchStash
{
    public static void MapSearchStash(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}/search", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(SearchStash))
            .WithSummary("Search a stash")
            .WithDescription(SearchQuery.Syntax + SearchFiles.Ranking)
            .WithResponseExample(SearchResult.Example);

    private static async Task<Results<Ok<SearchResult>, NotFound, ValidationProblem>> HandleAsync(
        Guid stashId,
        ClaimsPrincipal user,
        StashAccess access,
        SearchReader reader,
        IOptions<StashesOptions> options,
        CancellationToken cancellationToken,
        [Description(SearchQuery.Syntax)] string? q = null,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!SearchQuery.TryParse(q, options.Value.MaxSearchQueryLength, options.Value.MaxSearchParts, out var query, out var error))
        {
            return Problems.Invalid("q", error);
        }

        if (!Cursor.TryDecode(after, out var key) || !SearchPlace.TryParse(key, out var place))
        {
            return Problems.InvalidCursor();
        }

        if (!await access.StashesOf(user).AnyAsync(s => s.Id == stashId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        var scope = access.Reach is { } reach ? SearchScope.Of(reach) : SearchScope.Own(user.GetUserId(), [stashId]);

        return TypedResults.Ok(await reader.FindAsync(query, [scope], place, limit, cancellationToken));
    }
}
