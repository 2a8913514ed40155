using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Sessions;

/// <summary>
/// Authenticates a request by its session cookie: one indexed lookup of the secret's hash, with the user joined. A session in use is
/// prolonged, with one write a day at most.
/// </summary>
/// <remarks>
/// The framework's cookie handler with a ticket store would keep the old key when a request that already has a session signs in again;
/// a session's secret has to change then (ASVS 7.2.4).
/// </remarks>
internal sealed class SessionAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IdentityDbContext db,
    IOptions<IdentityOptions> identityOptions,
    IProblemDetailsService problems)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    public const string SchemeName = "Session";

    private static readonly Func<IdentityDbContext, byte[], DateTimeOffset, CancellationToken, Task<CurrentSession?>> Find =
        EF.CompileAsyncQuery((IdentityDbContext db, byte[] token, DateTimeOffset now, CancellationToken _) => db.Sessions
            .Where(s => s.Token == token && s.ExpiresAt > now && s.AbsoluteExpiresAt > now)
            .Select(s => new CurrentSession(
                s.Id, s.ExpiresAt, s.AbsoluteExpiresAt, s.CreatedAt, s.UpdatedAt, s.IpAddress, s.UserAgent, s.Remembered,
                new SessionUser(
                    s.User.Id, s.User.Name, s.User.Email, s.User.EmailVerified, s.User.Image, s.User.TwoFactorEnabled,
                    s.User.CreatedAt, s.User.UpdatedAt)))
            .FirstOrDefault());

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!SecretCookie.Session.IsPresent(Request))
        {
            return AuthenticateResult.NoResult();
        }

        var now = TimeProvider.GetUtcNow();
        var secret = SecretCookie.Session.Read(Request);
        var session = secret is null ? null : await Find(db, Secret.Hash(secret), now, Context.RequestAborted);
        if (session is null)
        {
            return AuthenticateResult.Fail("The session is unknown or over.");
        }

        session = await ProlongAsync(session, secret!, now);
        Context.Features.Set(session);

        return AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(session), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (IsAuthPath)
        {
            return AuthErrors.Unauthorized.ExecuteAsync(Context);
        }

        Response.Headers.WWWAuthenticate = "Bearer realm=\"PromptStash\"";

        return WriteProblemAsync(StatusCodes.Status401Unauthorized, "Unauthorized", "Sign in, or send a token that is still valid.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => IsAuthPath
        ? AuthErrors.Forbidden.ExecuteAsync(Context)
        : WriteProblemAsync(StatusCodes.Status403Forbidden, "Forbidden", "The caller is known, but may not do this.");

    private bool IsAuthPath => Request.Path.StartsWithSegments(IdentityModule.AuthPath, StringComparison.OrdinalIgnoreCase);

    private async Task<CurrentSession> ProlongAsync(CurrentSession session, string secret, DateTimeOffset now)
    {
        var rules = identityOptions.Value.Session;
        if (!session.Remembered
            || session.UpdatedAt + rules.RefreshAfter > now
            || session.ExpiresAt >= session.AbsoluteExpiresAt
            || Request.Query.ContainsKey("disableRefresh")
            || Response.HasStarted)
        {
            return session;
        }

        var longest = now + rules.Lifetime;
        var expiresAt = longest < session.AbsoluteExpiresAt ? longest : session.AbsoluteExpiresAt;

        // Of requests at the same time one writes; the others see that the row has changed and leave it.
        var written = await db.Sessions
            .Where(s => s.Id == session.Id && s.UpdatedAt == session.UpdatedAt)
            .ExecuteUpdateAsync(
                update => update.SetProperty(s => s.ExpiresAt, expiresAt).SetProperty(s => s.UpdatedAt, now), Context.RequestAborted);
        if (written == 0)
        {
            return session;
        }

        SecretCookie.Session.Write(Context, secret, expiresAt - now);

        return session with { ExpiresAt = expiresAt, UpdatedAt = now };
    }

    private static ClaimsPrincipal PrincipalOf(CurrentSession session) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, session.User.Id.ToString()),
            new Claim(SessionClaims.SessionId, session.Id.ToString()),
            new Claim(ClaimTypes.Email, session.User.Email),
            new Claim(ClaimsPrincipalExtensions.EmailVerifiedClaim, session.User.EmailVerified ? "true" : "false", ClaimValueTypes.Boolean),
            new Claim(ClaimsPrincipalExtensions.SignedInAtClaim, session.CreatedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64),
        ],
        SchemeName));

    private async Task WriteProblemAsync(int statusCode, string title, string detail)
    {
        Response.StatusCode = statusCode;
        await problems.WriteAsync(new ProblemDetailsContext
        {
            HttpContext = Context,
            ProblemDetails = new ProblemDetails { Status = statusCode, Title = title, Detail = detail },
        });
    }
}

/// <summary>Claims of a session beside the standard ones.</summary>
internal static class SessionClaims
{
    public const string SessionId = "sid";
}
