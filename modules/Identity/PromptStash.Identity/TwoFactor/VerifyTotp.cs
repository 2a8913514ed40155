using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.TwoFactor;

/// <summary>A code from the authenticator app.</summary>
/// <param name="Code">Six digits.</param>
/// <param name="TrustDevice">Whether this device needs no code for the next 30 days.</param>
internal sealed record VerifyTotpRequest(string Code, bool? TrustDevice) : IAuthRequest<VerifyTotpRequest>
{
    public static VerifyTotpRequest Read(BodyReader body) => new(body.String("code", maxLength: 20), body.OptionalBoolean("trustDevice"));
}

/// <summary>The session's handle and its user.</summary>
internal sealed record SecondFactorAnswer(Guid Token, UserAnswer User)
{
    public static readonly SecondFactorAnswer Example = new(SessionAnswer.Example.Token, UserAnswer.Example with { TwoFactorEnabled = true });
}

internal static class VerifyTotp
{
    public static void MapVerifyTotp(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/two-factor/verify-totp", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(VerifyTotp))
            .WithSummary("Complete a sign-in, or an enrolment, with a code from the authenticator app")
            .WithDescription("A code is good once, also if it is sent many times at the same moment. The current code counts, and the one before it.")
            .WithRequestExample(new { code = "287082", trustDevice = true })
            .WithResponseExample(SecondFactorAnswer.Example)
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Ok<SecondFactorAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<VerifyTotpRequest> body,
        HttpContext context,
        IdentityDbContext db,
        SecondFactor secondFactor,
        TotpSecrets secrets,
        SessionStarter sessions,
        SecurityNotices notices,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (attempt, error) = await secondFactor.BeginAsync(context, now, cancellationToken);
        if (attempt is null)
        {
            return error!;
        }

        if (secrets.FindStep(attempt.Secret, body.Value.Code.Trim(), now) is not { } step)
        {
            return await RefuseAsync(db, attempt, context, now, cancellationToken);
        }

        if (attempt is { Session: { } session, IsEnabled: true })
        {
            return await UseAsync(db, attempt, step, cancellationToken)
                ? TypedResults.Ok(new SecondFactorAnswer(session.Id, UserAnswer.Of(session.User)))
                : await RefuseAsync(db, attempt, context, now, cancellationToken);
        }

        var completed = await db.InTransactionAsync(
            async (transaction, cancelled) =>
            {
                var done = !await UseAsync(db, attempt, step, cancelled) ? null
                    : attempt.Session is null
                        ? await secondFactor.CompleteAsync(attempt, body.Value.TrustDevice is true, context, now, "totp", cancelled)
                        : await EnrolAsync(db, attempt.Session, sessions, notices, context, now, cancelled);
                if (done is not null)
                {
                    await transaction.CommitAsync(cancelled);
                }

                return done;
            },
            cancellationToken);
        if (completed is null)
        {
            return await RefuseAsync(db, attempt, context, now, cancellationToken);
        }

        secondFactor.WriteCookies(completed, context);

        return TypedResults.Ok(new SecondFactorAnswer(completed.Session.Session.Id, UserAnswer.Of(completed.User)));
    }

    /// <summary>Accepts the code of this step, unless it or a later one was accepted before: the statement that takes it rules it out.</summary>
    private static async Task<bool> UseAsync(IdentityDbContext db, SecondFactorAttempt attempt, long step, CancellationToken cancellationToken) =>
        await db.TwoFactors
            .Where(t => t.UserId == attempt.UserId && t.Secret == attempt.Secret && (t.LastStep == null || t.LastStep < step))
            .ExecuteUpdateAsync(
                factor => factor
                    .SetProperty(t => t.LastStep, step)
                    .SetProperty(t => t.Verified, true)
                    .SetProperty(t => t.FailedCount, 0)
                    .SetProperty(t => t.LockedUntil, (DateTimeOffset?)null),
                cancellationToken) == 1;

    private static async Task<CompletedSignIn?> EnrolAsync(
        IdentityDbContext db,
        CurrentSession current,
        SessionStarter sessions,
        SecurityNotices notices,
        HttpContext context,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var user = await db.Users.SingleAsync(u => u.Id == current.User.Id, cancellationToken);
        user.TwoFactorEnabled = true;
        user.SecurityStamp = Secret.Create();
        user.UpdatedAt = now;
        await db.Sessions.Where(s => s.Id == current.Id).ExecuteDeleteAsync(cancellationToken);
        var session = sessions.Start(db, user.Id, current.Remembered, context, now);
        notices.Add(db, user.Email, SecurityNotice.TwoFactorEnabled, now);
        db.AddSuccess(AuditTypes.TwoFactorEnabled, user.Id, context, now);
        await db.SaveChangesAsync(cancellationToken);

        return new CompletedSignIn(session, user, Device: null);
    }

    private static async Task<AuthErrorResult> RefuseAsync(
        IdentityDbContext db, SecondFactorAttempt attempt, HttpContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        await db.SaveFailureAsync(AuditTypes.TwoFactor, attempt.UserId, context, now, cancellationToken, detail: "totp");

        return AuthErrors.InvalidCode;
    }
}
