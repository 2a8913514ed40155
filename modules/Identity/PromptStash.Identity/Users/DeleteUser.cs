using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;
using PromptStash.Identity.EmailVerification;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Users;

/// <summary>What allows the deletion: the password, the token from a mail, or neither within 15 minutes of the sign-in.</summary>
/// <param name="Password">The password.</param>
/// <param name="Token">The token from the mail.</param>
/// <param name="CallbackURL">Where the link in the mail leads on to: a path, or an address at a trusted origin.</param>
internal sealed record DeleteUserRequest(string? Password, string? Token, string? CallbackURL) : IAuthRequest<DeleteUserRequest>
{
    public static bool IsOptional => true;

    public static DeleteUserRequest Read(BodyReader body) => new(
        body.OptionalString("password", PasswordRules.MaxCodeUnits),
        body.OptionalString("token", maxLength: 200),
        body.OptionalString("callbackURL", EmailVerificationMail.CallbackUrlMaxLength));
}

/// <summary>What was done.</summary>
internal sealed record DeleteUserAnswer(bool Success, string Message)
{
    public static readonly DeleteUserAnswer Deleted = new(true, "User deleted");
    public static readonly DeleteUserAnswer MailSent = new(true, "Verification email sent");
}

internal static class DeleteUser
{
    public static void MapDeleteUser(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/delete-user", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(DeleteUser))
            .WithSummary("Delete your account with everything in it")
            .WithDescription("A user who has no password, and signed in more than 15 minutes ago, is sent a mail with a link instead.")
            .WithRequestExample(new { password = "analytical engine no. 1" })
            .WithResponseExample(DeleteUserAnswer.Deleted)
            .ProducesErrors(
                StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<DeleteUserAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<DeleteUserRequest> body,
        HttpContext context,
        IdentityDbContext db,
        PasswordConfirmation confirmation,
        UserDeletion deletion,
        MailAllowance mails,
        TrustedOrigins origins,
        IOptions<IdentityOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        var session = context.GetRequiredSession();
        var now = time.GetUtcNow();
        if (request.CallbackURL is { } callbackUrl && !origins.IsTrustedRedirect(callbackUrl))
        {
            return AuthErrors.InvalidCallbackUrl;
        }

        if (request.Password is not null)
        {
            if ((await confirmation.CheckAsync(session.User.Id, request.Password, context, now, cancellationToken)).Error is { } error)
            {
                return error;
            }
        }
        else if (request.Token is null && !session.IsYoungerThan(options.Value.Session.ConfirmedFor, now))
        {
            return await AskByMailAsync(db, mails, session.User, request.CallbackURL, now, cancellationToken);
        }

        return await deletion.DeleteAsync(session.User, request.Token, context, now, cancellationToken)
            ? TypedResults.Ok(DeleteUserAnswer.Deleted)
            : AuthErrors.InvalidDeletionToken;
    }

    private static async Task<Results<Ok<DeleteUserAnswer>, AuthErrorResult>> AskByMailAsync(
        IdentityDbContext db, MailAllowance mails, SessionUser user, string? callbackUrl, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hasPassword = await db.Accounts.AnyAsync(
            a => a.UserId == user.Id && a.ProviderId == Account.CredentialProvider, cancellationToken);
        if (hasPassword || !await mails.TakeAsync(user.Email, now, cancellationToken))
        {
            return AuthErrors.SessionExpired;
        }

        db.Publish(UserDeletionRequested.Type, new UserDeletionRequested(user.Id, user.Email, callbackUrl), now);
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.Ok(DeleteUserAnswer.MailSent);
    }
}
