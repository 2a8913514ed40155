using System.Text.Json.Serialization;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.TwoFactor;

/// <summary>One of the backup codes.</summary>
/// <param name="Code">As it was shown.</param>
/// <param name="DisableSession">Whether to use the code up without beginning a session.</param>
/// <param name="TrustDevice">Whether this device needs no code for the next 30 days.</param>
internal sealed record VerifyBackupCodeRequest(string Code, bool? DisableSession, bool? TrustDevice) : IAuthRequest<VerifyBackupCodeRequest>
{
    public static VerifyBackupCodeRequest Read(BodyReader body) => new(
        body.String("code", maxLength: 50), body.OptionalBoolean("disableSession"), body.OptionalBoolean("trustDevice"));
}

/// <summary>The session's handle, if there is one, and its user.</summary>
internal sealed record VerifyBackupCodeAnswer(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Token, UserAnswer User);

internal static class VerifyBackupCode
{
    public static void MapVerifyBackupCode(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/two-factor/verify-backup-code", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(VerifyBackupCode))
            .WithSummary("Complete a sign-in with a backup code, which is then used up")
            .WithRequestExample(new { code = EnableTwoFactorAnswer.ExampleCodes[0] })
            .WithResponseExample(SecondFactorAnswer.Example)
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<VerifyBackupCodeAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<VerifyBackupCodeRequest> body,
        HttpContext context,
        IdentityDbContext db,
        SecondFactor secondFactor,
        BackupCodes backupCodes,
        SecurityNotices notices,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        var now = time.GetUtcNow();
        var (attempt, error) = await secondFactor.BeginAsync(context, now, cancellationToken);
        if (attempt is null)
        {
            return error!;
        }

        // A code that was used meanwhile is gone from what is stored; then this one is looked for in the rest.
        var stored = attempt.BackupCodes;
        while (await backupCodes.UseAsync(stored, request.Code, cancellationToken) is { } left)
        {
            var (used, completed) = await UseAsync(db, attempt, stored, left, request, secondFactor, notices, context, now, cancellationToken);
            if (used && attempt.Challenge is not null && completed is null && request.DisableSession is not true)
            {
                return AuthErrors.InvalidTwoFactorCookie;
            }

            if (used)
            {
                return await AnswerAsync(db, attempt, completed, secondFactor, context, cancellationToken);
            }

            stored = await db.TwoFactors.Where(t => t.UserId == attempt.UserId).Select(t => t.BackupCodes).SingleOrDefaultAsync(cancellationToken) ?? "";
        }

        db.ChangeTracker.Clear();
        await db.SaveFailureAsync(AuditTypes.TwoFactor, attempt.UserId, context, now, cancellationToken, detail: "backup-code");

        return AuthErrors.InvalidBackupCode;
    }

    private static Task<(bool Used, CompletedSignIn? Completed)> UseAsync(
        IdentityDbContext db,
        SecondFactorAttempt attempt,
        string stored,
        string left,
        VerifyBackupCodeRequest request,
        SecondFactor secondFactor,
        SecurityNotices notices,
        HttpContext context,
        DateTimeOffset now,
        CancellationToken cancellationToken) => db.InTransactionAsync<(bool, CompletedSignIn?)>(
            async (transaction, cancelled) =>
            {
                var taken = await db.TwoFactors
                    .Where(t => t.UserId == attempt.UserId && t.BackupCodes == stored)
                    .ExecuteUpdateAsync(
                        factor => factor
                            .SetProperty(t => t.BackupCodes, left)
                            .SetProperty(t => t.FailedCount, 0)
                            .SetProperty(t => t.LockedUntil, (DateTimeOffset?)null),
                        cancelled);
                if (taken == 0)
                {
                    return (false, null);
                }

                var email = await db.Users.Where(u => u.Id == attempt.UserId).Select(u => u.Email).SingleAsync(cancelled);
                notices.Add(db, email, SecurityNotice.BackupCodeUsed, now);
                CompletedSignIn? completed = null;
                if (attempt.Challenge is not null && request.DisableSession is not true)
                {
                    completed = await secondFactor.CompleteAsync(attempt, request.TrustDevice is true, context, now, "backup-code", cancelled);
                    if (completed is null)
                    {
                        // The sign-in is over; the code is not spent on it.
                        return (true, null);
                    }
                }
                else
                {
                    db.AddSuccess(AuditTypes.TwoFactor, attempt.UserId, context, now, detail: "backup-code");
                    await db.SaveChangesAsync(cancelled);
                }

                await transaction.CommitAsync(cancelled);

                return (true, completed);
            },
            cancellationToken);

    private static async Task<Ok<VerifyBackupCodeAnswer>> AnswerAsync(
        IdentityDbContext db,
        SecondFactorAttempt attempt,
        CompletedSignIn? completed,
        SecondFactor secondFactor,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        if (completed is not null)
        {
            secondFactor.WriteCookies(completed, context);

            return TypedResults.Ok(new VerifyBackupCodeAnswer(completed.Session.Session.Id, UserAnswer.Of(completed.User)));
        }

        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == attempt.UserId, cancellationToken);

        return TypedResults.Ok(new VerifyBackupCodeAnswer(attempt.Session?.Id, UserAnswer.Of(user)));
    }
}
