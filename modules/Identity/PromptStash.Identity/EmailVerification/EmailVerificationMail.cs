using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;
using PromptStash.Identity.Mail;

namespace PromptStash.Identity.EmailVerification;

/// <summary>Somebody said that this address is theirs; whether it has an account, and what to write to it, is found out on delivery.</summary>
internal sealed record VerificationMailRequested(string Email, string? CallbackUrl)
{
    public const string Type = "identity.verification-mail-requested.v1";
}

/// <summary>
/// The mail that proves an address. A request only notes that one is wanted: the secret is made when the mail is written, so that it is
/// never at rest, and the request takes the same time whether or not the address has an account.
/// </summary>
internal sealed class EmailVerificationMail(
    IdentityDbContext db,
    IMailer mailer,
    PublicLinks links,
    IOptions<IdentityOptions> options,
    TimeProvider time) : IEventConsumer<VerificationMailRequested>
{
    public const int CallbackUrlMaxLength = 2048;

    public async Task ConsumeAsync(VerificationMailRequested message, CancellationToken cancellationToken)
    {
        var user = await db.Users
            .Where(u => u.Email == message.Email)
            .Select(u => new { u.Id, u.EmailVerified })
            .SingleOrDefaultAsync(cancellationToken);
        if (user is null)
        {
            return;
        }

        if (user.EmailVerified)
        {
            await mailer.SendAsync(MailTexts.AlreadyHasAccount(message.Email, links.To("/")), cancellationToken);
            return;
        }

        var lifetime = options.Value.EmailVerificationLifetime;
        var token = await db.IssueAsync(
            VerificationPurposes.VerifyEmail, user.Id.ToString(), time.GetUtcNow(), lifetime, cancellationToken, payload: message.Email);
        var link = links.To($"{IdentityModule.AuthPath}/verify-email", ("token", token), ("callbackURL", message.CallbackUrl ?? "/"));
        await mailer.SendAsync(MailTexts.VerifyEmail(message.Email, link, lifetime), cancellationToken);
    }
}
