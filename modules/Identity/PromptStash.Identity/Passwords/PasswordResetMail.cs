using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;
using PromptStash.Identity.Mail;

namespace PromptStash.Identity.Passwords;

/// <summary>Somebody forgot the password of this address; whether it has an account is found out on delivery.</summary>
internal sealed record PasswordResetRequested(string Email, string? RedirectTo)
{
    public const string Type = "identity.password-reset-requested.v1";
}

/// <summary>The mail with the reset link. Its secret is made when the mail is written, so that it is never at rest.</summary>
internal sealed class PasswordResetMail(
    IdentityDbContext db, IMailer mailer, PublicLinks links, IOptions<IdentityOptions> options, TimeProvider time)
    : IEventConsumer<PasswordResetRequested>
{
    public async Task ConsumeAsync(PasswordResetRequested message, CancellationToken cancellationToken)
    {
        var userId = await db.Users.Where(u => u.Email == message.Email).Select(u => (Guid?)u.Id).SingleOrDefaultAsync(cancellationToken);
        if (userId is null)
        {
            return;
        }

        var lifetime = options.Value.PasswordResetLifetime;
        var token = await db.IssueAsync(
            VerificationPurposes.ResetPassword, userId.Value.ToString(), time.GetUtcNow(), lifetime, cancellationToken, payload: message.Email);
        var link = links.To($"{IdentityModule.AuthPath}/reset-password/{token}", ("callbackURL", message.RedirectTo ?? "/"));
        await mailer.SendAsync(MailTexts.ResetPassword(message.Email, link, lifetime), cancellationToken);
    }
}
