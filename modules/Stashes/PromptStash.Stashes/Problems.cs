namespace PromptStash.Stashes;

/// <summary>The problems that more than one slice answers with.</summary>
internal static class Problems
{
    public static ProblemHttpResult Conflict(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    public static ProblemHttpResult BadRequest(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    public static ProblemHttpResult KeyReused() => TypedResults.Problem(
        "This Idempotency-Key was used for a different request.", statusCode: StatusCodes.Status422UnprocessableEntity);

    public static ProblemHttpResult IfMatchMissing() => TypedResults.Problem(
        "Send the ETag of the version you read as If-Match, so that nobody's change is overwritten unseen.",
        statusCode: StatusCodes.Status428PreconditionRequired);

    public static ValidationProblem Invalid(string field, string message) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });

    public static ValidationProblem InvalidCursor() => Invalid("after", "This is not the 'next' of a page.");
}
