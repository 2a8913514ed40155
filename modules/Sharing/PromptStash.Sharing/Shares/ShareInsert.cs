using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

internal static class ShareInsert
{
    /// <summary>Adds a share; false when the person has one on this target that is not over. The index decides, however many ask at once.</summary>
    public static async Task<bool> TryAddAsync(
        this SharingDbContext db, Share share, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // One that has expired stands in nobody's way; the job that ends it may not have come by yet.
        if (share.SharedWith is not null)
        {
            await db.Shares
                .Where(s => s.TargetId == share.TargetId && s.SharedWith == share.SharedWith && s.RevokedAt == null && s.ExpiresAt <= now)
                .ExecuteUpdateAsync(s => s.SetProperty(old => old.RevokedAt, now), cancellationToken);
        }

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
