namespace PromptStash.Stashes;

/// <summary>The problems that more than one slice answers with.</summary>
internal static class Problems
{
    public static ProblemHttpResult Conflict(string detail) => CommonProblems.Conflict(detail);

    public static ProblemHttpResult BadRequest(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    public static ProblemHttpResult KeyReused() => TypedResults.Problem(
        "This Idempotency-Key was used for a different request.", statusCode: StatusCodes.Status422UnprocessableEntity);

    public static ProblemHttpResult VersionNotNamed() => TypedResults.Problem(
        "Send the ETag of the version you read as If-Match, so that nobody's change is overwritten unseen.",
        statusCode: StatusCodes.Status428PreconditionRequired);

    /// <summary>Somebody else has written since; the ETag says what is there now.</summary>
    public static ProblemHttpResult Stale(HttpResponse response, int version)
    {
        response.Headers.ETag = ETags.Of(version);

        return TypedResults.Problem(
            $"The file has changed since you read it; it is at version {version} now.", statusCode: StatusCodes.Status412PreconditionFailed);
    }

    /// <summary>A file that its caller asked to be saved only without errors.</summary>
    public static ProblemHttpResult HasErrors(FileCheck check) => TypedResults.Problem(
        "The file breaks rules of its format, and ?strict=true was asked for. Nothing was saved.",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        extensions: new Dictionary<string, object?> { ["findings"] = check.Findings });

    /// <summary>The caller sees the thing, and was not given enough to do this with it.</summary>
    public static ProblemHttpResult NotPermitted() => TypedResults.Problem(
        "This is shared with you, but not with the permission that this needs.", statusCode: StatusCodes.Status403Forbidden);

    public static ValidationProblem Invalid(string field, string message) => CommonProblems.Invalid(field, message);

    public static ValidationProblem InvalidCursor() => CommonProblems.InvalidCursor();
}
