using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;

namespace PromptStash.Stashes.Search;

internal static class SearchFiles
{
    public const string Ranking =
        " The name counts more than the description, that more than the front matter, and that more than the body. Of a query that very many files answer to, "
        + "the newest of them (Stashes__SearchWindow, 1,000) are ranked; for path:, tag:, scope: and since:, the newest 20,000 that answer to the rest are looked at. Words are found in the first 200,000 characters of a text, snippets in the first 20,000.";

    public static void MapSearchFiles(this IEndpointRouteBuilder search) =>
        search.MapGet("/", HandleAsync)
            .RequireAuthorization()
            .WithMetadata(new KeepsToStashLimit())
            .WithName(nameof(SearchFiles))
            .WithSummary("Search all your stashes and what is shared with you")
            .WithDescription(SearchQuery.Syntax + Ranking)
            .WithResponseExample(SearchResult.Example);

    private static async Task<Results<Ok<SearchResult>, ValidationProblem>> HandleAsync(
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

        var own = SearchScope.Own(user.GetUserId(), user.GetStashLimit());
        SearchScope[] scopes = await access.FindSharedAsync(user, cancellationToken) is { } shared ? [own, SearchScope.Of(shared)] : [own];

        return TypedResults.Ok(await reader.FindAsync(query, scopes, place, limit, cancellationToken));
    }
}
