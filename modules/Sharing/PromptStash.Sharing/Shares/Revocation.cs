using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

internal static class Revocation
{
    /// <summary>Ends shares and notes it in their logs, together; tells how many.</summary>
    public static Task<int> RevokeAsync(
        this SharingDbContext db, IQueryable<Share> shares, Guid userId, DateTimeOffset now, CancellationToken cancellationToken, string action = ShareActions.Revoke) =>
        db.Database.CreateExecutionStrategy().ExecuteAsync(
            async cancelled =>
            {
                db.ChangeTracker.Clear();
                await using var transaction = await db.Database.BeginTransactionAsync(cancelled);
                var ids = await shares.Select(s => s.Id).ToListAsync(cancelled);
                await db.Shares
                    .Where(s => ids.Contains(s.Id) && s.RevokedAt == null)
                    .ExecuteUpdateAsync(s => s.SetProperty(share => share.RevokedAt, now), cancelled);
                foreach (var id in ids)
                {
                    db.Note(id, userId, action, now);
                }

                await db.SaveChangesAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return ids.Count;
            },
            cancellationToken);
}
