using Microsoft.AspNetCore.Mvc;

namespace PromptStash.Identity.Http;

/// <summary>
/// Refuses unsafe requests that a page of another site made a browser send. Fetch metadata and Origin are headers that no page can set, so
/// a JSON API needs no tokens on top of them (OWASP, Cross-Site Request Forgery Prevention).
/// </summary>
/// <remarks>
/// A request with neither header does not come from a browser and passes, but for <c>/api/auth</c>, where the contract wants an Origin or
/// Referer as soon as there is a cookie. Only the origins listed in <c>Api:TrustedOrigins</c> may call from another site.
/// </remarks>
internal sealed class CrossSiteRequestProtection(RequestDelegate next, TrustedOrigins origins)
{
    public Task InvokeAsync(HttpContext context, IProblemDetailsService problems)
    {
        if (IsSafe(context.Request.Method) || Judge(context.Request) is not { } error)
        {
            return next(context);
        }

        return context.Request.Path.StartsWithSegments(IdentityModule.AuthPath, StringComparison.OrdinalIgnoreCase)
            ? error.ExecuteAsync(context)
            : WriteProblemAsync(context, problems);
    }

    private AuthErrorResult? Judge(HttpRequest request)
    {
        string? origin = request.Headers.Origin;
        string? site = request.Headers["Sec-Fetch-Site"];
        if (origin is not null && origins.IsListed(origin))
        {
            return null;
        }

        if (site is not (null or "same-origin" or "none"))
        {
            return request.Headers["Sec-Fetch-Mode"] == "navigate" ? AuthErrors.CrossSiteNavigation : AuthErrors.InvalidOrigin;
        }

        if (!string.IsNullOrEmpty(origin))
        {
            return origin == "null" ? AuthErrors.MissingOrNullOrigin
                : origins.IsTrusted(origin, request) ? null
                : AuthErrors.InvalidOrigin;
        }

        if (!request.Path.StartsWithSegments(IdentityModule.AuthPath, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (!string.IsNullOrEmpty(request.Headers.Referer))
        {
            return origins.IsTrusted(request.Headers.Referer!, request) ? null : AuthErrors.InvalidOrigin;
        }

        return request.Headers.ContainsKey("Cookie") || site is not null || request.Headers.ContainsKey("Sec-Fetch-Mode")
            ? AuthErrors.MissingOrNullOrigin
            : null;
    }

    private static async Task WriteProblemAsync(HttpContext context, IProblemDetailsService problems)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await problems.WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails
            {
                Status = StatusCodes.Status403Forbidden,
                Title = "Forbidden",
                Detail = "The request comes from a page of another site. Pages of other origins need an entry in Api:TrustedOrigins.",
            },
        });
    }

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
}
