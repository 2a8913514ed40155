using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Sessions;
using PromptStash.Identity.Throttling;

namespace PromptStash.Identity.Passwords;

/// <summary>A new password in place of a forgotten one.</summary>
/// <param name="NewPassword">8 to 128 characters, of any kind.</param>
/// <param name="Token">The token from the mail; it may be in the query instead.</param>
internal sealed record ResetPasswordRequest(string NewPassword, string? Token) : IAuthRequest<ResetPasswordRequest>
{
    public static ResetPasswordRequest Read(BodyReader body) => new(
        body.String("newPassword", PasswordRules.MaxCodeUnits), body.OptionalString("token", maxLength: 200));
}

internal static class ResetPassword
{
    public static void MapResetPassword(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/reset-password", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(ResetPassword))
            .WithSummary("Replace a forgotten password with the token from the mail")
            .WithDescription("Ends all sessions. It begins none: whoever has a second factor still needs it to sign in.")
            .WithRequestExample(new { newPassword = "difference engine no. 2", token = "UO-1pfBgOmfkx-_vP3D7ZvboWc53v6UlFqQLLrwRrgI" })
            .WithResponseExample(StatusAnswer.Done)
            .ProducesErrors(StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<StatusAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<ResetPasswordRequest> body,
        [Description("The token, where it is not in the body.")] string? token,
        HttpContext context,
        IdentityDbContext db,
        PasswordRules rules,
        PasswordHashing hashing,
        SecurityNotices notices,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var secret = body.Value.Token ?? token;
        var now = time.GetUtcNow();
        if (rules.CheckLength(body.Value.NewPassword) is { } wrongLength)
        {
            return wrongLength;
        }

        // Looked at before the hash is made, so that tokens that are made up cost nothing; used up after it, by one caller only.
        if (secret is null || await db.FindAsync(secret, VerificationPurposes.ResetPassword, now, cancellationToken) is not { } found)
        {
            return AuthErrors.InvalidResetToken;
        }

        if (rules.CheckGuessable(body.Value.NewPassword, found.Payload!) is { } guessable)
        {
            return guessable;
        }

        var hash = await hashing.HashAsync(body.Value.NewPassword, cancellationToken);

        return await db.InTransactionAsync<Results<Ok<StatusAnswer>, AuthErrorResult>>(
            async (transaction, cancelled) =>
            {
                if (await db.ConsumeAsync(secret, cancelled, VerificationPurposes.ResetPassword) is not { } reset
                    || await ReplaceAsync(db, reset.UserId, reset.Payload!, hash, now, cancelled) == 0)
                {
                    return AuthErrors.InvalidResetToken;
                }

                await db.EndAllGrantsAsync(reset.UserId, cancelled);
                var attempts = AttemptLimit.SignInKey(reset.Payload!);
                await db.AttemptCounters.Where(c => c.Key == attempts).ExecuteDeleteAsync(cancelled);
                notices.Add(db, reset.Payload!, SecurityNotice.PasswordReset, now);
                db.AddSuccess(AuditTypes.PasswordReset, reset.UserId, context, now);
                await db.SaveChangesAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return TypedResults.Ok(StatusAnswer.Done);
            },
            cancellationToken);
    }

    /// <summary>Sets the password, also of a user who had none, and counts the address as proven: the token was sent to it.</summary>
    private static async Task<int> ReplaceAsync(
        IdentityDbContext db, Guid userId, string email, string hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await db.Users
            .Where(u => u.Id == userId && u.Email == email)
            .ExecuteUpdateAsync(
                user => user
                    .SetProperty(u => u.EmailVerified, true)
                    .SetProperty(u => u.SecurityStamp, Secret.Create())
                    .SetProperty(u => u.UpdatedAt, now),
                cancellationToken);
        if (found == 0)
        {
            return 0;
        }

        return await db.SetPasswordAsync(userId, hash, now, cancellationToken);
    }
}
