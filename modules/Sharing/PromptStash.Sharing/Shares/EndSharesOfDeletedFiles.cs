using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

/// <summary>
/// What was granted on a file ends with it. Only tidying up: that a deleted file is not served is asked at every use. Running it again
/// changes nothing, because a share is ended once.
/// </summary>
internal sealed class EndSharesOfDeletedFiles(SharingDbContext db, TimeProvider time) : IEventConsumer<FilesDeleted>
{
    public Task ConsumeAsync(FilesDeleted message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();

        return db.Shares
            .Where(share => message.FileIds.Contains(share.TargetId) && share.RevokedAt == null)
            .ExecuteUpdateAsync(share => share.SetProperty(s => s.RevokedAt, now), cancellationToken);
    }
}
