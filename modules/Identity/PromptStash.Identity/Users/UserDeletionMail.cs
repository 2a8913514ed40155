using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;
using PromptStash.Identity.Mail;

namespace PromptStash.Identity.Users;

/// <summary>A user without a password wants the account to be deleted.</summary>
internal sealed record UserDeletionRequested(Guid UserId, string Email, string? CallbackUrl)
{
    public const string Type = "identity.user-deletion-requested.v1";
}

/// <summary>The mail with the link that deletes the account. Its secret is made when the mail is written, so that it is never at rest.</summary>
internal sealed class UserDeletionMail(
    IdentityDbContext db, IMailer mailer, PublicLinks links, IOptions<IdentityOptions> options, TimeProvider time)
    : IEventConsumer<UserDeletionRequested>
{
    public async Task ConsumeAsync(UserDeletionRequested message, CancellationToken cancellationToken)
    {
        var lifetime = options.Value.EmailVerificationLifetime;
        var token = await db.IssueAsync(
            VerificationPurposes.DeleteUser, message.UserId.ToString(), time.GetUtcNow(), lifetime, cancellationToken);
        var link = links.To(
            $"{IdentityModule.AuthPath}/delete-user/callback", ("token", token), ("callbackURL", message.CallbackUrl ?? "/"));
        await mailer.SendAsync(MailTexts.DeleteUser(message.Email, link, lifetime), cancellationToken);
    }
}
