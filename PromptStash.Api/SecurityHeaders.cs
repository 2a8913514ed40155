using System.Net;

namespace PromptStash.Api;

/// <summary>Headers that tell browsers to do nothing with an answer but hand it to its caller.</summary>
internal static class SecurityHeaders
{
    private const string OneYear = "max-age=31536000";
    private const string NoDocument = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>The API reference is the one page: its own script and style, and nothing from elsewhere.</summary>
    private const string ReferencePage =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>What somebody else wrote, shown in a page of its own that may do nothing.</summary>
    private const string Sandbox = NoDocument + "; sandbox";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // At the very start of the answer: the exception handler empties the headers that were set before.
        context.Response.OnStarting(() =>
        {
            Write(context);

            return Task.CompletedTask;
        });

        return next(context);
    });

    private static void Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XFrameOptions = "DENY";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/scalar") ? ReferencePage : NoDocument;

        // Not by the framework's UseHsts: what that sets, the exception handler empties too.
        if (context.Request.IsHttps && !IsThisMachine(context.Request.Host.Host))
        {
            headers.StrictTransportSecurity = OneYear;
        }

        // Whatever is somebody's own must not stay in a cache between here and there.
        if (context.User.Identity?.IsAuthenticated is true || context.Request.Path.StartsWithSegments("/api"))
        {
            headers.CacheControl = "no-store";
        }

        if (context.Request.Path.StartsWithSegments("/api/v1/shared"))
        {
            headers.CacheControl = "private, no-store";
            headers.ContentSecurityPolicy = Sandbox;
            headers["X-Robots-Tag"] = "noindex, nofollow";
        }

        // The one kind of answer of the API that is a page, of text that somebody wrote.
        if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) is true && context.Request.Path.StartsWithSegments("/api/v1"))
        {
            headers.ContentSecurityPolicy = Sandbox;
        }
    }

    /// <summary>A browser that once was told so could reach no other program on localhost over http, for a year.</summary>
    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
