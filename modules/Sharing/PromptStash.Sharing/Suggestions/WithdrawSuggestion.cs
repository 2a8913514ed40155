using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Suggestions;

internal static class WithdrawSuggestion
{
    public static void MapWithdrawSuggestion(this IEndpointRouteBuilder suggestions) =>
        suggestions.MapDelete("/{suggestionId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(WithdrawSuggestion))
            .WithSummary("Take back a suggestion of yours that nobody has decided on")
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> HandleAsync(
        Guid suggestionId,
        ClaimsPrincipal user,
        SuggestionStore suggestions,
        SuggestionDecisions decisions,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        if (!await suggestions.IsOwnAsync(suggestionId, userId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        return await decisions.ClaimAsync(suggestionId, cancellationToken) is { } claim
            && await decisions.EndAsync(suggestionId, claim, SuggestionStatus.Withdrawn, reason: null, cancellationToken)
                ? TypedResults.NoContent()
                : SuggestionProblems.Decided();
    }
}
