using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Comments;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

/// <summary>
/// An account is gone: what it shared, what was shared with it, what it remarked and suggested, and what was suggested to it go too. The answers
/// of others to its remarks stay. Running it again changes nothing.
/// </summary>
internal sealed class DeleteSharesOfDeletedUser(SharingDbContext db, TimeProvider time) : IEventConsumer<UserDeleted>
{
    public async Task ConsumeAsync(UserDeleted message, CancellationToken cancellationToken)
    {
        var userId = message.UserId;
        var sharedWith = userId.ToString();

        // The access log of a share goes with it. What was shared with the address since is for whoever has it next.
        await db.Shares
            .Where(s => s.CreatedBy == userId || s.SharedWith == sharedWith
                || (message.VerifiedEmail != null && s.SharedWith == message.VerifiedEmail && s.CreatedAt <= message.DeletedAt))
            .ExecuteDeleteAsync(cancellationToken);
        await db.Suggestions.Where(s => s.AuthorId == userId || s.OwnerId == userId).ExecuteDeleteAsync(cancellationToken);
        await db.TakeBackAsync(comment: null, userId, time.GetUtcNow(), cancellationToken);
    }
}
