using System.Globalization;

namespace PromptStash.BuildingBlocks;

/// <summary>The problems (RFC 9457) that slices of every module answer with.</summary>
public static class CommonProblems
{
    /// <summary>400: a field breaks a rule.</summary>
    public static ValidationProblem Invalid(string field, string message) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });

    /// <summary>400: an <c>after</c> that no page gave.</summary>
    public static ValidationProblem InvalidCursor() => Invalid("after", "This is not the 'next' of a page.");

    /// <summary>409: something is in the way.</summary>
    public static ProblemHttpResult Conflict(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    /// <summary>429, with when to try again.</summary>
    public static ProblemHttpResult TooMany(HttpContext http, TimeSpan wait, string detail)
    {
        http.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        return TypedResults.Problem(detail, statusCode: StatusCodes.Status429TooManyRequests);
    }
}
