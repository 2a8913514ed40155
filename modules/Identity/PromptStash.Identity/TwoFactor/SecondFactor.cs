using System.Globalization;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.TwoFactor;

/// <summary>Who tries a code: somebody signed in, or a sign-in that waits for its second factor.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Session">The session; null during a sign-in.</param>
/// <param name="Challenge">The secret of the sign-in; null in a session.</param>
/// <param name="Remember">Whether the session to be begun is remembered.</param>
/// <param name="Secret">The stored TOTP secret.</param>
/// <param name="BackupCodes">The stored backup codes.</param>
/// <param name="IsEnabled">Whether the second factor was enabled before.</param>
internal sealed record SecondFactorAttempt(
    Guid UserId, CurrentSession? Session, string? Challenge, bool Remember, string Secret, string BackupCodes, bool IsEnabled);

/// <summary>
/// The second step of a sign-in. A try is counted before it is made, for the sign-in and for the account, each by one statement; a code
/// is good once, because the statement that accepts it also rules it out.
/// </summary>
internal sealed class SecondFactor(
    IdentityDbContext db, SessionStarter sessions, TrustedDevices devices, IOptions<IdentityOptions> options)
{
    private const string Remembered = "remember";

    private TwoFactorOptions Rules => options.Value.TwoFactor;

    /// <summary>Has a sign-in wait for its code; the browser's session, if any, ends.</summary>
    public async Task ChallengeAsync(HttpContext context, Guid userId, bool remember, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var secret = await db.IssueAsync(
            VerificationPurposes.TwoFactorChallenge,
            $"{userId}:{Guid.CreateVersion7(now)}",
            now,
            Rules.ChallengeLifetime,
            cancellationToken,
            payload: remember ? Remembered : null);
        if (context.GetSession() is { } session)
        {
            await db.Sessions.Where(s => s.Id == session.Id).ExecuteDeleteAsync(cancellationToken);
        }

        SecretCookie.TwoFactor.Write(context, secret, Rules.ChallengeLifetime);
        SecretCookie.Session.Clear(context);
    }

    /// <summary>Counts a try and tells who makes it, or why it must not be made.</summary>
    public async Task<(SecondFactorAttempt? Attempt, AuthErrorResult? Error)> BeginAsync(
        HttpContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var session = context.GetSession();
        var challenge = session is null ? SecretCookie.TwoFactor.Read(context.Request) : null;
        var (userId, remember) = (session?.User.Id, session?.Remembered ?? false);
        if (session is null)
        {
            var waiting = challenge is null ? null : await CountChallengeAsync(challenge, now, cancellationToken);
            if (waiting is null)
            {
                SecretCookie.TwoFactor.Clear(context);
                return (null, AuthErrors.InvalidTwoFactorCookie);
            }

            if (waiting.Attempts > Rules.MaxAttempts)
            {
                await db.ConsumeAsync(challenge!, cancellationToken, VerificationPurposes.TwoFactorChallenge);
                SecretCookie.TwoFactor.Clear(context);
                return (null, AuthErrors.TooManyAttempts);
            }

            (userId, remember) = (waiting.UserId, waiting.Payload == Remembered);
        }

        var factor = await CountAccountAsync(userId!.Value, now, cancellationToken);
        if (factor is null)
        {
            return (null, await ExplainAsync(context, userId.Value, now, cancellationToken));
        }

        return factor.Verified || session is not null
            ? (new SecondFactorAttempt(userId.Value, session, challenge, remember, factor.Secret, factor.BackupCodes, factor.Verified), null)
            : (null, AuthErrors.TotpNotEnabled);
    }

    /// <summary>
    /// Completes a sign-in whose code was right, in the transaction that used the code up. Null when the sign-in was completed or given up
    /// by another request.
    /// </summary>
    public async Task<CompletedSignIn?> CompleteAsync(
        SecondFactorAttempt attempt, bool trustDevice, HttpContext context, DateTimeOffset now, string factor, CancellationToken cancellationToken)
    {
        if (await db.ConsumeAsync(attempt.Challenge!, cancellationToken, VerificationPurposes.TwoFactorChallenge) is null
            || await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == attempt.UserId, cancellationToken) is not { } user)
        {
            return null;
        }

        var session = sessions.Start(db, attempt.UserId, attempt.Remember, context, now);
        var device = trustDevice ? await devices.AddAsync(attempt.UserId, now, cancellationToken) : null;
        db.AddSuccess(AuditTypes.SignIn, attempt.UserId, context, now, detail: factor);
        await db.SaveChangesAsync(cancellationToken);

        return new CompletedSignIn(session, user, device);
    }

    /// <summary>Hands the secrets of a completed sign-in to the browser. Only after the transaction is committed.</summary>
    public void WriteCookies(CompletedSignIn completed, HttpContext context)
    {
        completed.Session.WriteCookie(context);
        SecretCookie.TwoFactor.Clear(context);
        if (completed.Device is not null)
        {
            devices.WriteCookie(context, completed.Device);
        }
    }

    private async Task<Challenge?> CountChallengeAsync(string secret, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var counted = await db.Database
            .SqlQuery<Challenge>($"""
                UPDATE identity.verifications SET attempts = attempts + 1, updated_at = {now}
                WHERE value = {Identity.Secret.HashText(secret)}
                    AND split_part(identifier, ':', 1) = {VerificationPurposes.TwoFactorChallenge} AND expires_at > {now}
                RETURNING split_part(identifier, ':', 2)::uuid AS user_id, payload, attempts
                """)
            .ToListAsync(cancellationToken);

        return counted.SingleOrDefault();
    }

    private async Task<Factor?> CountAccountAsync(Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var counted = await db.Database
            .SqlQuery<Factor>($"""
                UPDATE identity.two_factors SET
                    failed_count = CASE WHEN locked_until IS NULL THEN failed_count + 1 ELSE 1 END,
                    locked_until = CASE WHEN locked_until IS NULL AND failed_count + 1 >= {Rules.MaxFailures} THEN {now + Rules.LockFor} END
                WHERE user_id = {userId} AND (locked_until IS NULL OR locked_until <= {now})
                RETURNING secret, backup_codes, verified
                """)
            .ToListAsync(cancellationToken);

        return counted.SingleOrDefault();
    }

    private async Task<AuthErrorResult> ExplainAsync(HttpContext context, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lockedUntil = await db.TwoFactors.Where(t => t.UserId == userId).Select(t => t.LockedUntil).SingleOrDefaultAsync(cancellationToken);
        if (lockedUntil is null)
        {
            return AuthErrors.TotpNotEnabled;
        }

        var seconds = Math.Max(1, (int)Math.Ceiling((lockedUntil.Value - now).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = seconds;
        context.Response.Headers["X-Retry-After"] = seconds;

        return AuthErrors.AccountTemporarilyLocked;
    }

    private sealed record Challenge(Guid UserId, string? Payload, int Attempts);

    private sealed record Factor(string Secret, string BackupCodes, bool Verified);
}

/// <summary>A sign-in whose second factor was right.</summary>
internal sealed record CompletedSignIn(StartedSession Session, User User, string? Device);
