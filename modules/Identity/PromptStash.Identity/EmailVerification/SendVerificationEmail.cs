using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.EmailVerification;

/// <summary>Which address wants to be verified.</summary>
/// <param name="Email">The address.</param>
/// <param name="CallbackURL">Where the link leads on to: a path, or an address at a trusted origin.</param>
internal sealed record SendVerificationEmailRequest(string Email, string? CallbackURL) : IAuthRequest<SendVerificationEmailRequest>
{
    public static SendVerificationEmailRequest Read(BodyReader body) => new(
        body.Email("email"), body.OptionalString("callbackURL", EmailVerificationMail.CallbackUrlMaxLength));
}

internal static class SendVerificationEmail
{
    public static void MapSendVerificationEmail(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/send-verification-email", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(SendVerificationEmail))
            .WithSummary("Send the verification mail again")
            .WithDescription("The answer does not tell whether the address has an account.")
            .WithRequestExample(new { email = "ada@example.com", callbackURL = "/welcome" })
            .WithResponseExample(StatusAnswer.Done)
            .ProducesErrors(StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Ok<StatusAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<SendVerificationEmailRequest> body,
        HttpContext context,
        IdentityDbContext db,
        MailAllowance mails,
        TrustedOrigins origins,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (!mails.IsEnabled)
        {
            return AuthErrors.VerificationMailNotEnabled;
        }

        if (request.CallbackURL is { } callbackUrl && !origins.IsTrustedRedirect(callbackUrl))
        {
            return AuthErrors.InvalidCallbackUrl;
        }

        if (context.GetSession() is { } session)
        {
            if (session.User.Email != request.Email)
            {
                return AuthErrors.EmailMismatch;
            }

            if (session.User.EmailVerified)
            {
                return AuthErrors.EmailAlreadyVerified;
            }
        }

        var now = time.GetUtcNow();
        if (await mails.TakeAsync(request.Email, now, cancellationToken))
        {
            db.Publish(VerificationMailRequested.Type, new VerificationMailRequested(request.Email, request.CallbackURL), now);
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Ok(StatusAnswer.Done);
    }
}
