namespace PromptStash.Identity.Sessions;

/// <summary>The one place where a session's secret travels: never in a body, never readable by a script.</summary>
internal static class SessionCookie
{
    public const string SecureName = "__Host-promptstash.session_token";

    /// <summary>For http, which browsers allow for development; they refuse <c>__Host-</c> there.</summary>
    public const string PlainName = "promptstash.session_token";

    private const int SecretLength = 43;

    public static string? Read(HttpRequest request) =>
        request.Cookies[Name(request)] is { Length: SecretLength } secret ? secret : null;

    public static bool IsPresent(HttpRequest request) => request.Cookies.ContainsKey(Name(request));

    /// <param name="context">The request.</param>
    /// <param name="secret">The session's secret.</param>
    /// <param name="maxAge">How long the browser keeps it; null until it is closed.</param>
    public static void Write(HttpContext context, string secret, TimeSpan? maxAge)
    {
        var options = Options(context.Request);
        options.MaxAge = maxAge;
        context.Response.Cookies.Append(Name(context.Request), secret, options);
        context.Response.Headers.CacheControl = "no-store";
    }

    public static void Clear(HttpContext context)
    {
        var options = Options(context.Request);
        options.MaxAge = TimeSpan.Zero;
        context.Response.Cookies.Append(Name(context.Request), "", options);
    }

    private static string Name(HttpRequest request) => request.IsHttps ? SecureName : PlainName;

    private static CookieOptions Options(HttpRequest request) => new()
    {
        Path = "/",
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = request.IsHttps,
        IsEssential = true,
    };
}
