using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.ApiTokens;

/// <summary>The form of a token's secret. The prefix tells people and secret scanners what it is that they have found.</summary>
internal static class ApiTokenSecret
{
    public const string Prefix = "pst_";
    private const string Bearer = "Bearer ";

    /// <summary>Whether the request brings a bearer token, of whatever kind.</summary>
    public static bool IsBrought(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);

    /// <summary>The secret that the request brings, or null when it cannot be one of ours.</summary>
    public static string? Read(HttpRequest request)
    {
        var secret = request.Headers.Authorization.ToString()[Bearer.Length..].Trim();

        return secret.Length == Prefix.Length + Secret.TextLength && secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret : null;
    }
}

/// <summary>Claims of an API token.</summary>
internal static class ApiTokenClaims
{
    public const string TokenId = "api_token";
    public const string Scope = "scope";
}

/// <summary>Authenticates a request by the API token in its Authorization header. Never asked below <c>/api/auth</c>.</summary>
internal sealed class ApiTokenAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IdentityDbContext db,
    IProblemDetailsService problems)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    public const string SchemeName = "ApiToken";

    /// <summary>The last use is kept to the minute: a busy agent costs one write a minute and not one a request.</summary>
    private static readonly TimeSpan LastUsePrecision = TimeSpan.FromMinutes(1);

    private static readonly Func<IdentityDbContext, byte[], CancellationToken, Task<TokenRow?>> Find =
        EF.CompileAsyncQuery((IdentityDbContext db, byte[] token, CancellationToken _) => db.ApiTokens
            .Where(t => t.Token == token)
            .Select(t => new TokenRow(t.Id, t.UserId, t.Scopes, t.StashIds, t.ExpiresAt, t.LastUsedAt))
            .FirstOrDefault());

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!ApiTokenSecret.IsBrought(Request))
        {
            return AuthenticateResult.NoResult();
        }

        var now = TimeProvider.GetUtcNow();
        if (ApiTokenSecret.Read(Request) is not { } secret
            || await Find(db, Secret.Hash(secret), Context.RequestAborted) is not { } token
            || token.ExpiresAt <= now)
        {
            return AuthenticateResult.Fail("The token is unknown or over.");
        }

        if (token.LastUsedAt is null || token.LastUsedAt + LastUsePrecision <= now)
        {
            await db.ApiTokens
                .Where(t => t.Id == token.Id && t.LastUsedAt == token.LastUsedAt)
                .ExecuteUpdateAsync(update => update.SetProperty(t => t.LastUsedAt, now), Context.RequestAborted);
        }

        return AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(token), SchemeName));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"PromptStash\", error=\"invalid_token\"";
        await WriteProblemAsync(StatusCodes.Status401Unauthorized, "The token is unknown or over.");
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"PromptStash\", error=\"insufficient_scope\"";
        await WriteProblemAsync(StatusCodes.Status403Forbidden, "The token's scopes or stashes do not cover this.");
    }

    private static ClaimsPrincipal PrincipalOf(TokenRow token) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, token.UserId.ToString()),
            new Claim(ApiTokenClaims.TokenId, token.Id.ToString()),
            .. token.Scopes.Select(scope => new Claim(ApiTokenClaims.Scope, scope)),
            .. (token.StashIds ?? []).Select(stash => new Claim(ClaimsPrincipalExtensions.StashLimitClaim, stash.ToString())),
        ],
        SchemeName));

    private async Task WriteProblemAsync(int status, string detail)
    {
        Response.StatusCode = status;
        await problems.WriteAsync(new ProblemDetailsContext
        {
            HttpContext = Context,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        });
    }

    private sealed record TokenRow(
        Guid Id, Guid UserId, string[] Scopes, Guid[]? StashIds, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);
}
