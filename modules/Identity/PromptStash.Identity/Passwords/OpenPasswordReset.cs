using Microsoft.AspNetCore.WebUtilities;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Passwords;

internal static class OpenPasswordReset
{
    public static void MapOpenPasswordReset(this IEndpointRouteBuilder auth) =>
        auth.MapGet("/reset-password/{token}", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(OpenPasswordReset))
            .WithSummary("Follow the link of a reset mail to the page that asks for the new password")
            .WithDescription("The token is not used up by it: mail programs follow links too.")
            .Produces(StatusCodes.Status302Found)
            .ProducesErrors(StatusCodes.Status403Forbidden);

    private static async Task<Results<RedirectHttpResult, AuthErrorResult>> HandleAsync(
        [Description("The token from the mail.")] string token,
        [Description("The page to go on to; it is given token=TOKEN or error=INVALID_TOKEN.")] string? callbackURL,
        IdentityDbContext db,
        TrustedOrigins origins,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var page = string.IsNullOrEmpty(callbackURL) ? "/" : callbackURL;
        if (!origins.IsTrustedRedirect(page))
        {
            return AuthErrors.InvalidCallbackUrl;
        }

        return TypedResults.Redirect(await db.FindAsync(token, VerificationPurposes.ResetPassword, time.GetUtcNow(), cancellationToken) is not null
            ? QueryHelpers.AddQueryString(page, "token", token)
            : QueryHelpers.AddQueryString(page, "error", AuthErrors.InvalidResetToken.Value.Code));
    }
}
