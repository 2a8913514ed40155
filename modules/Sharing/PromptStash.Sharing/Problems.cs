namespace PromptStash.Sharing;

/// <summary>The problems that more than one slice answers with.</summary>
internal static class Problems
{
    public static ValidationProblem Invalid(string field, string message) => CommonProblems.Invalid(field, message);

    public static ValidationProblem InvalidCursor() => CommonProblems.InvalidCursor();

    public static ProblemHttpResult Conflict(string detail) => CommonProblems.Conflict(detail);

    /// <summary>Too many passwords wait to be hashed.</summary>
    public static ProblemHttpResult Busy(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";

        return TypedResults.Problem("Too many passwords wait to be checked. Try again in a moment.", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    public static ProblemHttpResult TooMany(HttpContext http, TimeSpan wait, string detail) => CommonProblems.TooMany(http, wait, detail);

    /// <summary>A text that is not rendered as a page.</summary>
    public static ProblemHttpResult NotRendered() => TypedResults.Problem(
        "The file is too long, or nested too deeply, to be shown as a page. Its text can be read all the same.",
        statusCode: StatusCodes.Status422UnprocessableEntity);

    /// <summary>One answer for every link that does not open, whatever the reason.</summary>
    public static ProblemHttpResult NothingHere() =>
        TypedResults.Problem("There is no such link, or it does not open any more.", statusCode: StatusCodes.Status404NotFound);
}
