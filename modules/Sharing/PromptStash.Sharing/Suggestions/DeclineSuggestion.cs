using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Suggestions;

/// <summary>Why a suggestion is not wanted.</summary>
/// <param name="Reason">In the owner's words, at most 500 characters; the suggestion's author can read it.</param>
public sealed record DeclineSuggestionRequest([property: StringLength(Suggestion.ReasonMaxLength), PlainText] string? Reason = null);

internal static class DeclineSuggestion
{
    public static void MapDeclineSuggestion(this IEndpointRouteBuilder suggestions) =>
        suggestions.MapPost("/{suggestionId:guid}/decline", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(DeclineSuggestion))
            .WithSummary("Decline a suggestion for your file, with a word if you like")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesValidationProblem()
            .WithRequestExample(new DeclineSuggestionRequest("The tests have an agent of their own"))
            .WithResponseExample(SuggestionAnswer.Example with
            {
                Status = SuggestionStatus.Declined, DecidedAt = SuggestionAnswer.Example.CreatedAt.AddMinutes(5), Reason = "The tests have an agent of their own",
            });

    private static async Task<Results<Ok<SuggestionAnswer>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid suggestionId,
        DeclineSuggestionRequest? request,
        ClaimsPrincipal user,
        SuggestionStore suggestions,
        SuggestionDecisions decisions,
        CancellationToken cancellationToken)
    {
        if (await suggestions.FindOwnedAsync(suggestionId, user.GetUserId(), cancellationToken) is null)
        {
            return TypedResults.NotFound();
        }

        if (await decisions.ClaimAsync(suggestionId, cancellationToken) is not { } claim
            || !await decisions.EndAsync(suggestionId, claim, SuggestionStatus.Declined, request?.Reason, cancellationToken))
        {
            return SuggestionProblems.Decided();
        }

        return await suggestions.AnswerAsync(suggestionId, cancellationToken) is { } answer ? TypedResults.Ok(answer) : TypedResults.NotFound();
    }
}
