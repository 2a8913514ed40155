using System.Text.Json;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;
using PromptStash.Identity.Mail;

namespace PromptStash.Identity.Users;

/// <summary>A user wants another address.</summary>
/// <param name="UserId">Who.</param>
/// <param name="OldEmail">The address so far; if it is another one by now, the wish is void.</param>
/// <param name="NewEmail">The address to be.</param>
/// <param name="CallbackUrl">Where the links lead on to.</param>
/// <param name="OldAddressAgrees">Whether the old address has agreed, or was never proven and so has no say.</param>
internal sealed record EmailChangeRequested(Guid UserId, string OldEmail, string NewEmail, string? CallbackUrl, bool OldAddressAgrees)
{
    public const string Type = "identity.email-change-requested.v1";
}

/// <summary>The two mails of an e-mail change: to the old address, whose owner has to agree, and then to the new one, which has to exist.</summary>
internal sealed class EmailChangeMail(
    IdentityDbContext db, IMailer mailer, PublicLinks links, IOptions<IdentityOptions> options, TimeProvider time)
    : IEventConsumer<EmailChangeRequested>
{
    public async Task ConsumeAsync(EmailChangeRequested message, CancellationToken cancellationToken)
    {
        var lifetime = options.Value.EmailVerificationLifetime;
        if (!message.OldAddressAgrees)
        {
            var confirm = await LinkAsync(VerificationPurposes.ConfirmEmailChange, message, lifetime, cancellationToken);
            await mailer.SendAsync(MailTexts.ConfirmEmailChange(message.OldEmail, confirm, lifetime), cancellationToken);
            return;
        }

        // Nobody but the address itself is told that it is taken.
        if (await db.Users.AnyAsync(u => u.Email == message.NewEmail, cancellationToken))
        {
            await mailer.SendAsync(MailTexts.AddressIsTaken(message.NewEmail, links.To("/")), cancellationToken);
            return;
        }

        var verify = await LinkAsync(VerificationPurposes.VerifyEmailChange, message, lifetime, cancellationToken);
        await mailer.SendAsync(MailTexts.VerifyEmailChange(message.NewEmail, verify, lifetime), cancellationToken);
    }

    private async Task<string> LinkAsync(string purpose, EmailChangeRequested change, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var token = await db.IssueAsync(
            purpose, change.UserId.ToString(), time.GetUtcNow(), lifetime, cancellationToken, payload: JsonSerializer.Serialize(change));

        return links.To($"{IdentityModule.AuthPath}/verify-email", ("token", token), ("callbackURL", change.CallbackUrl ?? "/"));
    }
}
