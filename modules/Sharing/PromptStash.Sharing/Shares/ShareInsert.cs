using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

internal static class ShareInsert
{
    /// <summary>One that has expired stands in nobody's way; the job that ends it may not have come by yet.</summary>
    public static Task EndExpiredAsync(this SharingDbContext db, Guid targetId, string? sharedWith, DateTimeOffset now, CancellationToken cancellationToken) =>
        sharedWith is null ? Task.CompletedTask : db.ChangeAsync(
            $"""
            UPDATE sharing.file_shares SET revoked_at = {now}
            WHERE target_id = {targetId} AND shared_with = {sharedWith} AND revoked_at IS NULL AND expires_at <= {now}
            RETURNING id
            """,
            userId: null, ShareActions.Expire, now, cancellationToken);

    /// <summary>Adds a share; false when the person has one on this target that is not over. The index decides, however many ask at once.</summary>
    public static async Task<bool> TryAddAsync(
        this SharingDbContext db, Share share, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        db.Shares.Add(share);
        db.Note(share.Id, userId, ShareActions.Create, now);
        try
        {
            await db.SaveChangesAsync(cancellationToken);

            return true;
        }
        catch (DbUpdateException exception) when (exception.IsViolationOf(SharingDbContext.PrimaryKey))
        {
            // The connection broke after the commit and before its answer: the row that is in the way is this very one.
            return true;
        }
        catch (DbUpdateException exception) when (exception.IsViolationOf(SharingDbContext.UniqueLiveGrant))
        {
            return false;
        }
    }
}
