using PromptStash.Sharing.Data;
using PromptStash.Sharing.Suggestions;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

/// <summary>
/// What was granted on a file ends with it, and what was suggested for it is declined. Only tidying up: that a deleted file is not served is
/// asked at every use. The event may come late, and again, when the file has been restored and shared anew: only what is older than the
/// deletion ends, each once.
/// </summary>
internal sealed class EndSharesOfDeletedFiles(SharingDbContext db, TimeProvider time) : IEventConsumer<FilesDeleted>
{
    public async Task ConsumeAsync(FilesDeleted message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var files = message.FileIds.ToArray();
        var deletedAt = message.DeletedAt;

        await db.ChangeAsync(
            $"""
            UPDATE sharing.file_shares SET revoked_at = {now}
            WHERE target_id = ANY ({files}) AND revoked_at IS NULL AND ({deletedAt}::timestamptz IS NULL OR created_at <= {deletedAt}::timestamptz)
            RETURNING id
            """,
            userId: null, ShareActions.End, now, cancellationToken);

        // One that is being decided on at this moment is left to whoever decides, and to the job that comes by if that process dies.
        await db.Suggestions
            .Where(s => files.Contains(s.FileId) && s.Status == SuggestionStatus.Open && s.ClaimedAt == null && (deletedAt == null || s.CreatedAt <= deletedAt))
            .ExecuteUpdateAsync(
                s => s
                    .SetProperty(x => x.Status, SuggestionStatus.Declined)
                    .SetProperty(x => x.DecidedAt, now)
                    .SetProperty(x => x.Reason, SuggestionDecisions.FileDeleted),
                cancellationToken);
    }
}
