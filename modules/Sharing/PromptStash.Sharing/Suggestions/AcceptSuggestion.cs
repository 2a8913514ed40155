namespace PromptStash.Sharing.Suggestions;

internal static class AcceptSuggestion
{
    public static void MapAcceptSuggestion(this IEndpointRouteBuilder suggestions) =>
        suggestions.MapPost("/{suggestionId:guid}/accept", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(AcceptSuggestion))
            .WithSummary("Make a suggestion a version of your file")
            .WithDescription(
                "The version's author is who made the suggestion; the text of a link's holder becomes a version of yours with their name in its message. "
                + "What was written since the suggestion's base is merged with it line by line; where both changed the same or neighbouring lines the "
                + "answer is 409 with those lines in all three texts, and nothing is changed.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .WithResponseExample(SuggestionAnswer.Example with
            {
                Status = Data.SuggestionStatus.Accepted, DecidedAt = SuggestionAnswer.Example.CreatedAt.AddMinutes(5), Version = 4,
            });

    private static async Task<Results<Ok<SuggestionAnswer>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid suggestionId,
        ClaimsPrincipal user,
        SuggestionStore suggestions,
        SuggestionDecisions decisions,
        CancellationToken cancellationToken)
    {
        if (await suggestions.FindOwnedAsync(suggestionId, user.GetUserId(), cancellationToken) is not { } found)
        {
            return TypedResults.NotFound();
        }

        if (await decisions.ClaimAsync(suggestionId, cancellationToken) is not { } claim)
        {
            return SuggestionProblems.Decided();
        }

        var result = await decisions.AcceptAsync(found, claim, cancellationToken);
        if (result?.Version is null)
        {
            return result switch
            {
                null => TypedResults.NotFound(),
                { Room: { } room } => SuggestionProblems.NoRoom(room),
                { Refusal: { } reason } => Problems.Conflict($"{reason} Nothing was changed."),
                _ => SuggestionProblems.InConflict(result.Conflicts),
            };
        }

        return await suggestions.AnswerAsync(suggestionId, cancellationToken) is { } answer ? TypedResults.Ok(answer) : TypedResults.NotFound();
    }
}
