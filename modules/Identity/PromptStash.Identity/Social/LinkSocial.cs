using PromptStash.Identity.Http;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Social;

internal static class LinkSocial
{
    public static void MapLinkSocial(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/link-social", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(LinkSocial))
            .WithSummary("Add an account of another provider to your ways to sign in")
            .WithDescription("The provider must have proven the account's address, and it must be yours here too.")
            .WithRequestExample(new { provider = "github", callbackURL = "/settings" })
            .WithResponseExample(SocialAnswer.Example)
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);

    private static Task<Results<Ok<SocialAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<SocialRequest> body, HttpContext context, SocialChallenge challenge, CancellationToken cancellationToken) =>
        challenge.BeginAsync(body.Value, context.GetRequiredSession(), context, cancellationToken);
}
