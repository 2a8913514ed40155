using PromptStash.Identity.Audit;
using PromptStash.Identity.Contracts;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Users;

/// <summary>Deletes an account with everything that this module holds for it, and tells the others.</summary>
internal sealed class UserDeletion(IdentityDbContext db, SecurityNotices notices)
{
    /// <param name="user">Whose account.</param>
    /// <param name="token">The secret from the mail, where that is what allows it.</param>
    /// <param name="context">The request.</param>
    /// <param name="now">The time of the operation.</param>
    /// <param name="cancellationToken">Stops it; what is not committed is undone.</param>
    /// <returns>False when the secret is not one, and nothing was deleted.</returns>
    public async Task<bool> DeleteAsync(
        SessionUser user, string? token, HttpContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deleted = await db.InTransactionAsync(
            async (transaction, cancelled) =>
            {
                if (token is not null
                    && (await db.ConsumeAsync(token, cancelled, VerificationPurposes.DeleteUser) is not { } found
                        || found.UserId != user.Id
                        || found.ExpiresAt <= now))
                {
                    return false;
                }

                // Sessions, accounts, tokens and the second factor go with the user.
                var id = user.Id.ToString();
                await db.Users.Where(u => u.Id == user.Id).ExecuteDeleteAsync(cancelled);
                await db.Verifications.Where(v => v.Identifier.Contains(id)).ExecuteDeleteAsync(cancelled);
                db.Publish(UserDeleted.Type, new UserDeleted(user.Id, user.EmailVerified ? user.Email : null, now), now);
                notices.Add(db, user.Email, SecurityNotice.UserDeleted, now);
                db.AddSuccess(AuditTypes.UserDeleted, user.Id, context, now);
                await db.SaveChangesAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return true;
            },
            cancellationToken);
        if (deleted)
        {
            SecretCookie.Session.Clear(context);
        }

        return deleted;
    }
}
