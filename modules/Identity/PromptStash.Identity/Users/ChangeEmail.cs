using Microsoft.Extensions.Options;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.EmailVerification;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Users;

/// <summary>Another address for the account.</summary>
/// <param name="NewEmail">The address.</param>
/// <param name="CallbackURL">Where the links lead on to: a path, or an address at a trusted origin.</param>
/// <param name="Password">The password; needed when the sign-in was more than 15 minutes ago.</param>
internal sealed record ChangeEmailRequest(string NewEmail, string? CallbackURL, string? Password) : IAuthRequest<ChangeEmailRequest>
{
    public static ChangeEmailRequest Read(BodyReader body) => new(
        body.Email("newEmail"),
        body.OptionalString("callbackURL", EmailVerificationMail.CallbackUrlMaxLength),
        body.OptionalString("password", PasswordRules.MaxCodeUnits));
}

internal static class ChangeEmail
{
    public static void MapChangeEmail(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/change-email", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ChangeEmail))
            .WithSummary("Ask for another e-mail address")
            .WithDescription(
                "The address changes when it was confirmed twice: with a link that goes to the old address (where that is verified) and then with one " +
                "that goes to the new. The answer does not tell whether the new address is taken; its owner is told by mail.")
            .WithRequestExample(new { newEmail = "ada.king@example.com", callbackURL = "/settings" })
            .WithResponseExample(StatusAnswer.Done)
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Ok<StatusAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<ChangeEmailRequest> body,
        HttpContext context,
        IdentityDbContext db,
        PasswordConfirmation confirmation,
        MailAllowance mails,
        TrustedOrigins origins,
        IOptions<IdentityOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        var session = context.GetRequiredSession();
        var now = time.GetUtcNow();
        if (!mails.IsEnabled)
        {
            return AuthErrors.VerificationMailNotEnabled;
        }

        if (request.CallbackURL is { } callbackUrl && !origins.IsTrustedRedirect(callbackUrl))
        {
            return AuthErrors.InvalidCallbackUrl;
        }

        if (request.NewEmail == session.User.Email)
        {
            return AuthErrors.EmailIsTheSame;
        }

        if (request.Password is not null)
        {
            if ((await confirmation.CheckAsync(session.User.Id, request.Password, context, now, cancellationToken)).Error is { } error)
            {
                return error;
            }
        }
        else if (!session.IsYoungerThan(options.Value.Session.ConfirmedFor, now))
        {
            return AuthErrors.SessionNotFresh;
        }

        if (await mails.TakeAsync(request.NewEmail, now, cancellationToken))
        {
            db.Publish(
                EmailChangeRequested.Type,
                new EmailChangeRequested(session.User.Id, session.User.Email, request.NewEmail, request.CallbackURL, OldAddressAgrees: !session.User.EmailVerified),
                now);
        }

        db.AddSuccess(AuditTypes.EmailChangeRequested, session.User.Id, context, now);
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.Ok(StatusAnswer.Done);
    }
}
