using PromptStash.Identity.Data;
using PromptStash.Identity.EmailVerification;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;

namespace PromptStash.Identity.Passwords;

/// <summary>Whose password was forgotten.</summary>
/// <param name="Email">The address of the account.</param>
/// <param name="RedirectTo">The page that asks for the new password; it is given the token in its query.</param>
internal sealed record RequestPasswordResetRequest(string Email, string? RedirectTo) : IAuthRequest<RequestPasswordResetRequest>
{
    public static RequestPasswordResetRequest Read(BodyReader body) => new(
        body.Email("email"), body.OptionalString("redirectTo", EmailVerificationMail.CallbackUrlMaxLength));
}

/// <summary>The same for every address.</summary>
internal sealed record RequestPasswordResetAnswer(bool Status, string Message)
{
    public static readonly RequestPasswordResetAnswer Same =
        new(true, "If this email exists in our system, check your email for the reset link");
}

internal static class RequestPasswordReset
{
    public static void MapRequestPasswordReset(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/request-password-reset", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(RequestPasswordReset))
            .WithSummary("Send a link with which a forgotten password is replaced")
            .WithDescription("Neither the answer nor its time tells whether the address has an account: that is found out when the mail is written.")
            .WithRequestExample(new { email = "ada@example.com", redirectTo = "/new-password" })
            .WithResponseExample(RequestPasswordResetAnswer.Same)
            .ProducesErrors(StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Ok<RequestPasswordResetAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<RequestPasswordResetRequest> body,
        IdentityDbContext db,
        MailAllowance mails,
        TrustedOrigins origins,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (!mails.IsEnabled)
        {
            return AuthErrors.ResetPasswordDisabled;
        }

        if (request.RedirectTo is { } redirectTo && !origins.IsTrustedRedirect(redirectTo))
        {
            return AuthErrors.InvalidRedirectUrl;
        }

        var now = time.GetUtcNow();
        if (await mails.TakeAsync(request.Email, now, cancellationToken))
        {
            db.Publish(PasswordResetRequested.Type, new PasswordResetRequested(request.Email, request.RedirectTo), now);
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Ok(RequestPasswordResetAnswer.Same);
    }
}
