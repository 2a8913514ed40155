using Microsoft.AspNetCore.Identity;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Throttling;

namespace PromptStash.Identity.SignIn;

/// <summary>Finds the user to whom an address and a password belong, and lets nobody find out which of the two is wrong.</summary>
internal sealed class PasswordSignIn(IdentityDbContext db, PasswordHashing hashing, AttemptLimit limit)
{
    /// <summary>The user, or null when there is none, the password is another one, or too many were tried.</summary>
    public async Task<User?> FindAsync(
        string email, string password, HttpContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var attempts = AttemptLimit.SignInKey(email);
        var allowed = await limit.TryAsync(attempts, now, cancellationToken);
        var found = await db.Accounts
            .Where(a => a.User.Email == email && a.ProviderId == Account.CredentialProvider)
            .Select(a => new { a.User, a.Password })
            .AsNoTracking()
            .FirstOrDefaultAsync(cancellationToken);

        // One that is refused takes as long as one that is wrong, and neither tells whether there is such an account.
        var verified = await hashing.VerifyAsync(allowed ? found?.Password : null, password, cancellationToken);
        if (found is null || verified == PasswordVerificationResult.Failed)
        {
            await db.SaveFailureAsync(AuditTypes.SignIn, found?.User.Id, context, now, cancellationToken);
            return null;
        }

        await limit.ForgetAsync(attempts, cancellationToken);
        if (verified == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await RehashAsync(found.User.Id, found.Password!, password, cancellationToken);
        }

        return found.User;
    }

    /// <summary>Replaces a hash of other costs or of another system while the password is at hand, unless it was replaced meanwhile.</summary>
    private async Task RehashAsync(Guid userId, string oldHash, string password, CancellationToken cancellationToken)
    {
        var newHash = await hashing.HashAsync(password, cancellationToken);
        await db.Accounts
            .Where(a => a.UserId == userId && a.ProviderId == Account.CredentialProvider && a.Password == oldHash)
            .ExecuteUpdateAsync(update => update.SetProperty(a => a.Password, newHash), cancellationToken);
    }
}
