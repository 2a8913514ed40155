using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.Mail;

/// <summary>Something about an account has changed, and its owner should know (ASVS 6.3.7).</summary>
internal sealed record SecurityNoticeRequested(string Email, string Kind)
{
    public const string Type = "identity.security-notice-requested.v1";
}

/// <summary>What a notice can be about.</summary>
internal static class SecurityNotice
{
    public const string PasswordChanged = "password-changed";
    public const string PasswordReset = "password-reset";
    public const string EmailChanged = "email-changed";
    public const string TwoFactorEnabled = "two-factor-enabled";
    public const string TwoFactorDisabled = "two-factor-disabled";
    public const string BackupCodeUsed = "backup-code-used";
    public const string AccountLinked = "account-linked";
    public const string AccountUnlinked = "account-unlinked";
    public const string ApiTokenCreated = "api-token-created";
    public const string UserDeleted = "user-deleted";
}

/// <summary>Adds notices to changes, and sends them.</summary>
internal sealed class SecurityNotices(IMailer mailer, PublicLinks links, IOptions<MailOptions> mail) : IEventConsumer<SecurityNoticeRequested>
{
    /// <summary>Adds a notice to the change under way.</summary>
    public void Add(IdentityDbContext db, string email, string kind, DateTimeOffset now)
    {
        if (mail.Value.HasTransport)
        {
            db.Publish(SecurityNoticeRequested.Type, new SecurityNoticeRequested(email, kind), now);
        }
    }

    public Task ConsumeAsync(SecurityNoticeRequested message, CancellationToken cancellationToken) =>
        mailer.SendAsync(MailTexts.Notice(message.Email, message.Kind, links.To("/")), cancellationToken);
}
