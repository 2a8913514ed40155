using System.Text.Json.Serialization;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Passwords;

/// <summary>A new password in place of one that is known.</summary>
/// <param name="CurrentPassword">The password so far.</param>
/// <param name="NewPassword">8 to 128 characters, of any kind.</param>
/// <param name="RevokeOtherSessions">Whether the answer names the new session; the others end in any case.</param>
internal sealed record ChangePasswordRequest(string CurrentPassword, string NewPassword, bool? RevokeOtherSessions)
    : IAuthRequest<ChangePasswordRequest>
{
    public static ChangePasswordRequest Read(BodyReader body) => new(
        body.String("currentPassword", PasswordRules.MaxCodeUnits),
        body.String("newPassword", PasswordRules.MaxCodeUnits),
        body.OptionalBoolean("revokeOtherSessions"));
}

/// <summary>The user, and the handle of the session in place of the one before.</summary>
internal sealed record ChangePasswordAnswer(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? Token, UserAnswer User);

internal static class ChangePassword
{
    public static void MapChangePassword(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/change-password", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ChangePassword))
            .WithSummary("Change your password")
            .WithDescription("Ends all other sessions, and replaces this one by a new one.")
            .WithRequestExample(new { currentPassword = "analytical engine no. 1", newPassword = "difference engine no. 2", revokeOtherSessions = true })
            .WithResponseExample(new ChangePasswordAnswer(SessionAnswer.Example.Token, UserAnswer.Example))
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<ChangePasswordAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<ChangePasswordRequest> body,
        HttpContext context,
        IdentityDbContext db,
        PasswordRules rules,
        PasswordHashing hashing,
        PasswordConfirmation confirmation,
        SessionStarter sessions,
        SecurityNotices notices,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var current = context.GetRequiredSession();
        var now = time.GetUtcNow();
        if (rules.Check(body.Value.NewPassword, current.User.Email) is { } refused)
        {
            return refused;
        }

        var (error, oldHash) = await confirmation.CheckAsync(current.User.Id, body.Value.CurrentPassword, context, now, cancellationToken);
        if (error is not null)
        {
            return error;
        }

        var newHash = await hashing.HashAsync(body.Value.NewPassword, cancellationToken);
        var started = await db.InTransactionAsync(
            async (transaction, cancelled) =>
            {
                var changed = await db.Accounts
                    .Where(a => a.UserId == current.User.Id && a.ProviderId == Account.CredentialProvider && a.Password == oldHash)
                    .ExecuteUpdateAsync(a => a.SetProperty(x => x.Password, newHash).SetProperty(x => x.UpdatedAt, now), cancelled);
                if (changed == 0)
                {
                    return null;
                }

                await db.EndAllGrantsAsync(current.User.Id, cancelled);
                var session = sessions.Start(db, current.User.Id, current.Remembered, context, now);
                notices.Add(db, current.User.Email, SecurityNotice.PasswordChanged, now);
                db.AddSuccess(AuditTypes.PasswordChanged, current.User.Id, context, now);
                await db.SaveChangesAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return session;
            },
            cancellationToken);
        if (started is null)
        {
            // Somebody else changed it between the check and the change.
            return AuthErrors.InvalidPassword;
        }

        started.WriteCookie(context);

        return TypedResults.Ok(new ChangePasswordAnswer(
            body.Value.RevokeOtherSessions is true ? started.Session.Id : null, UserAnswer.Of(current.User)));
    }
}
