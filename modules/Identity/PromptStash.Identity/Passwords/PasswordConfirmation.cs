using Microsoft.AspNetCore.Identity;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Throttling;

namespace PromptStash.Identity.Passwords;

/// <summary>Has a signed-in user prove once more that it is them.</summary>
internal sealed class PasswordConfirmation(IdentityDbContext db, PasswordRules rules, PasswordHashing hashing, AttemptLimit limit)
{
    /// <summary>Null when the password is right, else the answer. The stored hash is handed out for a change that must meet the same one.</summary>
    public async Task<(AuthErrorResult? Error, string? StoredHash)> CheckAsync(
        Guid userId, string password, HttpContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (rules.IsTooLong(password))
        {
            return (AuthErrors.PasswordTooLong, null);
        }

        var storedHash = await db.Accounts
            .Where(a => a.UserId == userId && a.ProviderId == Account.CredentialProvider)
            .Select(a => a.Password)
            .SingleOrDefaultAsync(cancellationToken);
        if (storedHash is null)
        {
            return (AuthErrors.CredentialAccountNotFound, null);
        }

        // Whoever found an open session must not find out the password with it.
        var attempts = AttemptLimit.ConfirmationKey(userId);
        var allowed = await limit.TryAsync(attempts, now, cancellationToken);
        if (await hashing.VerifyAsync(allowed ? storedHash : null, password, cancellationToken) == PasswordVerificationResult.Failed)
        {
            await db.SaveFailureAsync(AuditTypes.PasswordConfirmation, userId, context, now, cancellationToken);
            return (AuthErrors.InvalidPassword, null);
        }

        await limit.ForgetAsync(attempts, cancellationToken);

        return (null, storedHash);
    }
}
