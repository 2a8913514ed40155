using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

/// <summary>
/// What was granted on a file ends with it, and what was suggested for it is declined, so that its author can still read why. Only tidying up: that a deleted file is not served is asked at every use. Running it again
/// changes nothing, because each is ended once.
/// </summary>
internal sealed class EndSharesOfDeletedFiles(SharingDbContext db, TimeProvider time) : IEventConsumer<FilesDeleted>
{
    private const string Reason = "The file was deleted.";

    public async Task ConsumeAsync(FilesDeleted message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();

        await db.Shares
            .Where(share => message.FileIds.Contains(share.TargetId) && share.RevokedAt == null)
            .ExecuteUpdateAsync(share => share.SetProperty(s => s.RevokedAt, now), cancellationToken);

        // One that is being decided on at this moment is left to whoever decides.
        await db.Suggestions
            .Where(s => message.FileIds.Contains(s.FileId) && s.Status == SuggestionStatus.Open && s.ClaimedAt == null)
            .ExecuteUpdateAsync(
                s => s.SetProperty(x => x.Status, SuggestionStatus.Declined).SetProperty(x => x.DecidedAt, now).SetProperty(x => x.Reason, Reason),
                cancellationToken);
    }
}
