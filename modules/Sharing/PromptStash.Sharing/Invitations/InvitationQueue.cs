using Microsoft.Extensions.Options;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Links;

namespace PromptStash.Sharing.Invitations;

/// <summary>Whether somebody is told by mail what was shared with them.</summary>
internal enum InvitationStatus
{
    /// <summary>A mail goes out to the person's address, if it is proven to be theirs or the share was made with it.</summary>
    Queued,

    /// <summary>The user has invited too many today; the share holds all the same.</summary>
    LimitReached,

    /// <summary>No mails are sent here.</summary>
    Off,
}

/// <summary>Adds invitations to new shares with persons.</summary>
internal sealed class InvitationQueue(SharingDbContext db, AttemptLimit attempts, IInvitationMails mails, IOptions<SharingOptions> options)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>
    /// Adds the invitation to the share that is about to be saved, so that there is one exactly if there is the share. Null for a link, which
    /// invites nobody. What a person has been sent by others is not told.
    /// </summary>
    public async Task<InvitationStatus?> AddAsync(Share share, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (share.SharedWith is not { } sharedWith)
        {
            return null;
        }

        if (!mails.IsEnabled)
        {
            return InvitationStatus.Off;
        }

        if (await attempts.CountAsync(AttemptLimit.InviterKey(share.CreatedBy), now, Day, cancellationToken) > options.Value.InvitationsPerDay)
        {
            return InvitationStatus.LimitReached;
        }

        if (await attempts.CountAsync(AttemptLimit.InviteeKey(sharedWith), now, Day, cancellationToken) <= options.Value.InvitationsPerRecipient)
        {
            db.Publish(InvitationRequested.Type, new InvitationRequested(share.Id), now);
        }

        return InvitationStatus.Queued;
    }

    /// <summary>Counts less what <see cref="AddAsync"/> counted: the share was there already, and nothing was saved.</summary>
    public Task GiveBackAsync(Share share, InvitationStatus? invitation, CancellationToken cancellationToken) => invitation switch
    {
        InvitationStatus.Queued =>
            attempts.GiveBackAsync([AttemptLimit.InviterKey(share.CreatedBy), AttemptLimit.InviteeKey(share.SharedWith!)], cancellationToken),
        InvitationStatus.LimitReached => attempts.GiveBackAsync([AttemptLimit.InviterKey(share.CreatedBy)], cancellationToken),
        _ => Task.CompletedTask,
    };
}
