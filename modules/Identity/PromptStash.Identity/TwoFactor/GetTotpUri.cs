using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.TwoFactor;

/// <summary>What the authenticator app needs.</summary>
internal sealed record TotpUriAnswer(string TotpURI);

internal static class GetTotpUri
{
    public static void MapGetTotpUri(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/two-factor/get-totp-uri", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetTotpUri))
            .WithSummary("Show the authenticator app's address again, for another device")
            .WithRequestExample(new { password = "analytical engine no. 1" })
            .WithResponseExample(new TotpUriAnswer(EnableTwoFactorAnswer.ExampleUri))
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<TotpUriAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<ConfirmPasswordRequest> body,
        HttpContext context,
        IdentityDbContext db,
        PasswordConfirmation confirmation,
        TotpSecrets secrets,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var user = context.GetRequiredSession().User;
        var secret = await db.TwoFactors.Where(t => t.UserId == user.Id).Select(t => t.Secret).SingleOrDefaultAsync(cancellationToken);
        if (secret is null)
        {
            return AuthErrors.TotpNotEnabled;
        }

        if ((await confirmation.CheckAsync(user.Id, body.Value.Password, context, time.GetUtcNow(), cancellationToken)).Error is { } error)
        {
            return error;
        }

        return TypedResults.Ok(new TotpUriAnswer(secrets.UriOf(secret, user.Email, issuer: null)));
    }
}
