using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Users;

namespace PromptStash.Identity.EmailVerification;

/// <summary>It worked. There is no user in it: the link may have been opened by whoever found it.</summary>
internal sealed record VerifyEmailAnswer(bool Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] object? User);

internal static class VerifyEmail
{
    public static void MapVerifyEmail(this IEndpointRouteBuilder auth) =>
        auth.MapGet("/verify-email", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(VerifyEmail))
            .WithSummary("Prove an e-mail address, or agree to another one, with the token from the mail")
            .WithDescription("With callbackURL the answer is a redirect to it, with error=CODE in its query where something was wrong.")
            .WithResponseExample(new VerifyEmailAnswer(Status: true, User: null))
            .Produces(StatusCodes.Status302Found)
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Ok<VerifyEmailAnswer>, RedirectHttpResult, AuthErrorResult>> HandleAsync(
        [Description("The token from the mail.")] string? token,
        [Description("Where to go on to: a path, or an address at a trusted origin.")] string? callbackURL,
        HttpContext context,
        IdentityDbContext db,
        SecurityNotices notices,
        TrustedOrigins origins,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (callbackURL is not null && !origins.IsTrustedRedirect(callbackURL))
        {
            return AuthErrors.InvalidCallbackUrl;
        }

        var error = await UseAsync(token ?? "", context, db, notices, time.GetUtcNow(), cancellationToken);

        return (error, callbackURL) switch
        {
            (null, null) => TypedResults.Ok(new VerifyEmailAnswer(Status: true, User: null)),
            (null, _) => TypedResults.Redirect(callbackURL),
            (_, null) => error,
            _ => TypedResults.Redirect(QueryHelpers.AddQueryString(callbackURL, "error", error.Value.Code)),
        };
    }

    private static async Task<AuthErrorResult?> UseAsync(
        string token, HttpContext context, IdentityDbContext db, SecurityNotices notices, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await db.InTransactionAsync(
                async (transaction, cancelled) =>
                {
                    var found = await db.ConsumeAsync(
                        token,
                        cancelled,
                        VerificationPurposes.VerifyEmail,
                        VerificationPurposes.ConfirmEmailChange,
                        VerificationPurposes.VerifyEmailChange);
                    var done = found switch
                    {
                        null => false,
                        { } over when over.ExpiresAt <= now => false,
                        { Purpose: VerificationPurposes.ConfirmEmailChange } => ConfirmChange(found, db, now),
                        { Purpose: VerificationPurposes.VerifyEmailChange } => await ChangeAsync(found, context, db, notices, now, cancelled),
                        _ => await VerifyAsync(found, context, db, now, cancelled),
                    };
                    if (done)
                    {
                        await db.SaveChangesAsync(cancelled);
                    }

                    // One that is over, or proves nothing any more, is used up too.
                    await transaction.CommitAsync(cancelled);

                    return done ? null : found?.ExpiresAt <= now ? AuthErrors.TokenExpired : AuthErrors.InvalidToken;
                },
                cancellationToken);
        }
        catch (Exception exception) when (exception.IsViolationOf(IdentityDbContext.UniqueEmail))
        {
            // Somebody else was given the address since the mail went out.
            return AuthErrors.InvalidToken;
        }
    }

    private static async Task<bool> VerifyAsync(
        ConsumedToken token, HttpContext context, IdentityDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The token proves one address. If the user has another one by now, it proves nothing about that.
        var verified = await db.Users
            .Where(u => u.Id == token.UserId && u.Email == token.Payload)
            .ExecuteUpdateAsync(
                user => user.SetProperty(u => u.EmailVerified, true).SetProperty(u => u.UpdatedAt, now), cancellationToken);
        if (verified > 0)
        {
            db.AddSuccess(AuditTypes.EmailVerified, token.UserId, context, now);
        }

        return verified > 0;
    }

    private static bool ConfirmChange(ConsumedToken token, IdentityDbContext db, DateTimeOffset now)
    {
        var change = JsonSerializer.Deserialize<EmailChangeRequested>(token.Payload!)!;
        db.Publish(EmailChangeRequested.Type, change with { OldAddressAgrees = true }, now);

        return true;
    }

    private static async Task<bool> ChangeAsync(
        ConsumedToken token,
        HttpContext context,
        IdentityDbContext db,
        SecurityNotices notices,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var change = JsonSerializer.Deserialize<EmailChangeRequested>(token.Payload!)!;
        var changed = await db.Users
            .Where(u => u.Id == token.UserId && u.Email == change.OldEmail)
            .ExecuteUpdateAsync(
                user => user
                    .SetProperty(u => u.Email, change.NewEmail)
                    .SetProperty(u => u.EmailVerified, true)
                    .SetProperty(u => u.SecurityStamp, Secret.Create())
                    .SetProperty(u => u.UpdatedAt, now),
                cancellationToken);
        if (changed > 0)
        {
            notices.Add(db, change.OldEmail, SecurityNotice.EmailChanged, now);
            notices.Add(db, change.NewEmail, SecurityNotice.EmailChanged, now);
            db.AddSuccess(AuditTypes.EmailChanged, token.UserId, context, now);
        }

        return changed > 0;
    }
}
