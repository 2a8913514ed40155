namespace PromptStash.Identity.Http;

/// <summary>
/// A cookie that carries a secret: never in a body, never readable by a script, only to the host that set it. <c>__Host-</c> holds a browser
/// to that (ASVS 3.3.3), but only under https; http is for development.
/// </summary>
internal sealed class SecretCookie(string name)
{
    public static readonly SecretCookie Session = new("promptstash.session_token");

    /// <summary>A sign-in that waits for its second factor.</summary>
    public static readonly SecretCookie TwoFactor = new("promptstash.two_factor");

    /// <summary>A device that needs no second factor.</summary>
    public static readonly SecretCookie TrustedDevice = new("promptstash.trust_device");

    private readonly string _secureName = "__Host-" + name;

    /// <summary>The secret, or null when there is none or it cannot be one of ours.</summary>
    public string? Read(HttpRequest request) =>
        request.Cookies[NameFor(request)] is { Length: Secret.TextLength } secret ? secret : null;

    public bool IsPresent(HttpRequest request) => request.Cookies.ContainsKey(NameFor(request));

    /// <param name="context">The request.</param>
    /// <param name="secret">What the cookie carries.</param>
    /// <param name="maxAge">How long the browser keeps it; null until it is closed.</param>
    public void Write(HttpContext context, string secret, TimeSpan? maxAge)
    {
        var options = OptionsFor(context.Request);
        options.MaxAge = maxAge;
        context.Response.Cookies.Append(NameFor(context.Request), secret, options);
        context.Response.Headers.CacheControl = "no-store";
    }

    public void Clear(HttpContext context)
    {
        var options = OptionsFor(context.Request);
        options.MaxAge = TimeSpan.Zero;
        options.Expires = DateTimeOffset.UnixEpoch;
        context.Response.Cookies.Append(NameFor(context.Request), "", options);
        context.Response.Headers.CacheControl = "no-store";
    }

    private string NameFor(HttpRequest request) => request.IsHttps ? _secureName : name;

    private static CookieOptions OptionsFor(HttpRequest request) => new()
    {
        Path = "/",
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = request.IsHttps,
        IsEssential = true,
    };
}
