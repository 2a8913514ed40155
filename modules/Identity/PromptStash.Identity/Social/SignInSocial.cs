using PromptStash.Identity.Http;

namespace PromptStash.Identity.Social;

internal static class SignInSocial
{
    public static void MapSignInSocial(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/sign-in/social", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(SignInSocial))
            .WithSummary("Sign in with an account of another provider")
            .WithDescription(
                "Answers with the provider's address; the way back leads to /api/auth/callback/PROVIDER, which begins the session and goes on to " +
                "callbackURL. With a second factor it goes there with twoFactorRedirect=true, and verify-totp completes the sign-in.")
            .WithRequestExample(new { provider = "github", callbackURL = "/" })
            .WithResponseExample(SocialAnswer.Example)
            .ProducesErrors(StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status429TooManyRequests);

    private static Task<Results<Ok<SocialAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<SocialRequest> body, HttpContext context, SocialChallenge challenge, CancellationToken cancellationToken) =>
        challenge.BeginAsync(body.Value, link: null, context, cancellationToken);
}
