using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Invitations;

/// <summary>Somebody should be told that something was shared with them. Who, what and by whom is looked up when the mail is sent.</summary>
internal sealed record InvitationRequested(Guid ShareId)
{
    public const string Type = "sharing.invitation-requested.v1";
}

/// <summary>Sends an invitation, unless the share is over by then. Of a user who has not proven an address none is used.</summary>
internal sealed class InvitationMail(SharingDbContext db, IStashFiles files, IUserDirectory users, IInvitationMails mails, TimeProvider time)
    : IEventConsumer<InvitationRequested>
{
    public async Task ConsumeAsync(InvitationRequested message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var share = await db.Shares.AsNoTracking().SingleOrDefaultAsync(
            s => s.Id == message.ShareId && s.RevokedAt == null && s.DisabledAt == null && (s.ExpiresAt == null || s.ExpiresAt > now), cancellationToken);
        if (share?.SharedWith is null || await files.FindTargetAsync(share.TargetType, share.TargetId, cancellationToken) is null)
        {
            return;
        }

        var recipient = ShareRecipient.Of(share.SharedWith);
        var people = await users.FindManyAsync([share.CreatedBy, recipient.User ?? share.CreatedBy], cancellationToken);
        var email = recipient.Email ?? people.GetValueOrDefault(recipient.User!.Value)?.VerifiedEmail;
        if (email is null || people.GetValueOrDefault(share.CreatedBy) is not { } owner)
        {
            return;
        }

        var thing = share.TargetType switch { TargetKind.Folder => "folder", TargetKind.Stash => "stash", _ => "file" };
        await mails.SendAsync(new Invitation(email, owner.Name, thing, share.Note), cancellationToken);
    }
}
