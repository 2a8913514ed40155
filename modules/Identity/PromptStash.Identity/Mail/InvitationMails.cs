using Microsoft.Extensions.Options;
using PromptStash.Identity.Contracts;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.Mail;

/// <summary>
/// Sends invitations. Whoever has not proven that an address is theirs is sent no word that another user chose: anybody could else have us
/// send a stranger anything. The link in it is the same for everybody and opens nothing by itself.
/// </summary>
internal sealed class InvitationMails(IdentityDbContext db, IMailer mailer, PublicLinks links, IOptions<MailOptions> mail) : IInvitationMails
{
    public bool IsEnabled => mail.Value.HasTransport;

    public async Task SendAsync(Invitation invitation, CancellationToken cancellationToken)
    {
        var isProven = await db.Users.AnyAsync(u => u.Email == invitation.Email && u.EmailVerified, cancellationToken);

        await mailer.SendAsync(
            isProven
                ? MailTexts.Invitation(invitation.Email, invitation.OwnerName, invitation.Thing, invitation.Note, links.To("/api/v1/shared-with-me"))
                : MailTexts.InvitationToStranger(invitation.Email, links.To("/")),
            cancellationToken);
    }
}
