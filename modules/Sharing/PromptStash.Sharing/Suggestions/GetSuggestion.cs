using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Suggestions;

internal static class GetSuggestion
{
    public static void MapGetSuggestion(this IEndpointRouteBuilder suggestions) =>
        suggestions.MapGet("/{suggestionId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetSuggestion))
            .WithSummary("Get a suggestion with its text; for the file's owner also what it changes")
            .WithResponseExample(new SuggestionDetail(
                SuggestionAnswer.Example, "Read the diff first, then the tests.\n",
                "--- a/.claude/agents/code-reviewer.md\tv3\n+++ b/.claude/agents/code-reviewer.md\tv4\n@@ -1,1 +1,1 @@\n-Read the diff first.\n+Read the diff first, then the tests.\n",
                DiffToCurrent: ""));

    private static async Task<Results<Ok<SuggestionDetail>, NotFound>> HandleAsync(
        Guid suggestionId,
        ClaimsPrincipal user,
        SuggestionStore suggestions,
        IStashFiles files,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        if (await suggestions.FindAsync(suggestionId, userId, cancellationToken) is not var (suggestion, file))
        {
            return TypedResults.NotFound();
        }

        // A share may show one version only, or none of a file's secrets: whoever was let to a file by one does not learn of others this way.
        var isOwner = file.OwnerId == userId;

        return TypedResults.Ok(new SuggestionDetail(
            await suggestions.AnswerAsync(suggestion, cancellationToken),
            suggestion.Content,
            isOwner ? await files.CompareAsync(file, suggestion.BaseVersion, suggestion.Content, cancellationToken) : null,
            isOwner ? await files.CompareAsync(file, version: null, suggestion.Content, cancellationToken) : null));
    }
}
