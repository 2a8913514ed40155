using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using PromptStash.Identity.Data;
using PromptStash.Identity.EmailVerification;
using PromptStash.Identity.Http;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Social;

/// <summary>With which provider, and where to go on to.</summary>
/// <param name="Provider"><c>google</c>, <c>github</c>, or the name of the configured OpenID Connect provider.</param>
/// <param name="CallbackURL">Where to go on to: a path, or an address at a trusted origin; <c>/</c> if left out.</param>
/// <param name="ErrorCallbackURL">The same for when something goes wrong; error=CODE is put into its query.</param>
/// <param name="NewUserCallbackURL">The same for somebody who had no account yet.</param>
/// <param name="DisableRedirect">Whether the client follows the address itself.</param>
/// <param name="Scopes">What to ask the provider for in place of the usual.</param>
internal sealed record SocialRequest(
    string Provider,
    string? CallbackURL,
    string? ErrorCallbackURL,
    string? NewUserCallbackURL,
    bool? DisableRedirect,
    string[]? Scopes) : IAuthRequest<SocialRequest>
{
    /// <summary>Whether the client brought the provider's token itself, which is not offered.</summary>
    internal bool HasIdToken { get; private init; }

    public static SocialRequest Read(BodyReader body) => new(
        body.String("provider", maxLength: 50),
        body.OptionalString("callbackURL", EmailVerificationMail.CallbackUrlMaxLength),
        body.OptionalString("errorCallbackURL", EmailVerificationMail.CallbackUrlMaxLength),
        body.OptionalString("newUserCallbackURL", EmailVerificationMail.CallbackUrlMaxLength),
        body.OptionalBoolean("disableRedirect"),
        body.OptionalStrings("scopes", maxCount: 20, maxLength: 200))
    {
        HasIdToken = body.Has("idToken"),
    };
}

/// <summary>The provider's address, to which the browser has to go.</summary>
internal sealed record SocialAnswer(string Url, bool Redirect)
{
    public static readonly SocialAnswer Example = new("https://github.com/login/oauth/authorize?client_id=…&state=…", Redirect: true);
}

/// <summary>Sends somebody to a provider.</summary>
internal sealed class SocialChallenge(SocialProviders providers, TrustedOrigins origins, IdentityDbContext db, TimeProvider time)
{
    /// <param name="request">With which provider, and where to go on to.</param>
    /// <param name="link">The session to whose user the account is to be linked; null to sign in.</param>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Results<Ok<SocialAnswer>, AuthErrorResult>> BeginAsync(
        SocialRequest request, CurrentSession? link, HttpContext context, CancellationToken cancellationToken)
    {
        if (!providers.IsOffered(request.Provider))
        {
            return AuthErrors.ProviderNotFound;
        }

        if (request.HasIdToken)
        {
            return AuthErrors.IdTokenNotSupported;
        }

        if (FindUntrusted(request) is { } untrusted)
        {
            return untrusted;
        }

        var now = time.GetUtcNow();
        var properties = new AuthenticationProperties();
        properties.Items[SocialSignIn.State] = await db.IssueAsync(
            VerificationPurposes.OAuthState, Guid.CreateVersion7(now).ToString(), now, SocialSignIn.Lifetime, cancellationToken);
        properties.Items[SocialSignIn.Callback] = request.CallbackURL ?? "/";
        properties.Items[SocialSignIn.ErrorCallback] = request.ErrorCallbackURL ?? request.CallbackURL ?? "/";
        properties.Items[SocialSignIn.NewUserCallback] = request.NewUserCallbackURL ?? request.CallbackURL ?? "/";
        if (link is not null)
        {
            // Not set to null otherwise: the state that travels to the provider and back has no null, and brings it back as "".
            properties.Items[SocialSignIn.LinkSession] = link.Id.ToString();
        }

        if (request.Scopes is not null)
        {
            properties.SetParameter(OAuthChallengeProperties.ScopeKey, (ICollection<string>)request.Scopes);
        }

        // The handler answers with a redirect; the contract wants its address in the body, for scripts cannot follow it elsewhere.
        await context.ChallengeAsync(request.Provider, properties);
        var url = context.Response.Headers.Location.ToString();
        context.Response.StatusCode = StatusCodes.Status200OK;
        if (request.DisableRedirect is true)
        {
            context.Response.Headers.Location = default;
        }

        return TypedResults.Ok(new SocialAnswer(url, request.DisableRedirect is not true));
    }

    private AuthErrorResult? FindUntrusted(SocialRequest request) =>
        IsUntrusted(request.CallbackURL) ? AuthErrors.InvalidCallbackUrl
        : IsUntrusted(request.ErrorCallbackURL) ? AuthErrors.InvalidErrorCallbackUrl
        : IsUntrusted(request.NewUserCallbackURL) ? AuthErrors.InvalidNewUserCallbackUrl
        : null;

    private bool IsUntrusted(string? url) => url is not null && !origins.IsTrustedRedirect(url);
}
