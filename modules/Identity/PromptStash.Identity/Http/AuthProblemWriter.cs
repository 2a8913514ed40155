using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace PromptStash.Identity.Http;

/// <summary>
/// Writes what the host would tell as a problem document (an unknown route, a wrong method, too many requests, an exception) in the
/// contract's form below <c>/api/auth</c>. Of an exception it tells the trace id and nothing else.
/// </summary>
internal sealed class AuthProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) =>
        context.HttpContext.Request.Path.StartsWithSegments(IdentityModule.AuthPath, StringComparison.OrdinalIgnoreCase);

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var statusCode = http.Response.StatusCode;
        var error = statusCode switch
        {
            StatusCodes.Status429TooManyRequests => new AuthError("Too many requests. Please try again later.", "TOO_MANY_REQUESTS"),
            >= StatusCodes.Status500InternalServerError and not StatusCodes.Status503ServiceUnavailable =>
                new AuthError("Internal Server Error", "INTERNAL_SERVER_ERROR", Activity.Current?.Id ?? http.TraceIdentifier),
            _ => new AuthError(ReasonPhrases.GetReasonPhrase(statusCode), CodeOf(statusCode)),
        };
        if (statusCode == StatusCodes.Status429TooManyRequests && http.Response.Headers.RetryAfter is { Count: 1 } seconds)
        {
            http.Response.Headers["X-Retry-After"] = seconds;
        }

        http.Response.Headers.CacheControl = "no-store";

        return new ValueTask(http.Response.WriteAsJsonAsync(error, http.RequestAborted));
    }

    private static string CodeOf(int statusCode) =>
        ReasonPhrases.GetReasonPhrase(statusCode).ToUpperInvariant().Replace(' ', '_');
}
