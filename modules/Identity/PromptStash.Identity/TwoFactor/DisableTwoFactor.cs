using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.TwoFactor;

internal static class DisableTwoFactor
{
    public static void MapDisableTwoFactor(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/two-factor/disable", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(DisableTwoFactor))
            .WithSummary("Sign in without a second factor again")
            .WithDescription("Replaces this session by a new one.")
            .WithRequestExample(new { password = "analytical engine no. 1" })
            .WithResponseExample(StatusAnswer.Done)
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<StatusAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<ConfirmPasswordRequest> body,
        HttpContext context,
        IdentityDbContext db,
        PasswordConfirmation confirmation,
        SessionStarter sessions,
        SecurityNotices notices,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var current = context.GetRequiredSession();
        var userId = current.User.Id;
        var now = time.GetUtcNow();
        if ((await confirmation.CheckAsync(userId, body.Value.Password, context, now, cancellationToken)).Error is { } error)
        {
            return error;
        }

        var started = await db.InTransactionAsync(
            async (transaction, cancelled) =>
            {
                await db.TwoFactors.Where(t => t.UserId == userId).ExecuteDeleteAsync(cancelled);
                await db.EndTwoFactorGrantsAsync(userId, cancelled);
                await db.Users.Where(u => u.Id == userId).ExecuteUpdateAsync(
                    user => user
                        .SetProperty(u => u.TwoFactorEnabled, false)
                        .SetProperty(u => u.SecurityStamp, Secret.Create())
                        .SetProperty(u => u.UpdatedAt, now),
                    cancelled);
                await db.Sessions.Where(s => s.Id == current.Id).ExecuteDeleteAsync(cancelled);
                var session = sessions.Start(db, userId, current.Remembered, context, now);
                notices.Add(db, current.User.Email, SecurityNotice.TwoFactorDisabled, now);
                db.AddSuccess(AuditTypes.TwoFactorDisabled, userId, context, now);
                await db.SaveChangesAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return session;
            },
            cancellationToken);
        started.WriteCookie(context);
        SecretCookie.TrustedDevice.Clear(context);

        return TypedResults.Ok(StatusAnswer.Done);
    }
}
