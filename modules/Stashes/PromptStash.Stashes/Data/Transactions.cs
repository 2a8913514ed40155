using Microsoft.EntityFrameworkCore.Storage;

namespace PromptStash.Stashes.Data;

/// <summary>Several statements that succeed or fail together.</summary>
internal static class Transactions
{
    /// <summary>
    /// Runs <paramref name="work"/> in a transaction, again from the start after a transient error. Only what it commits itself is kept.
    /// </summary>
    public static Task<T> InTransactionAsync<T>(
        this StashesDbContext db, Func<IDbContextTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        db.Database.CreateExecutionStrategy().ExecuteAsync(
            async cancelled =>
            {
                db.ChangeTracker.Clear();
                await using var transaction = await db.Database.BeginTransactionAsync(cancelled);

                return await work(transaction, cancelled);
            },
            cancellationToken);

    /// <summary>
    /// Takes the lock under which the structure of a stash (folders, paths) is changed: the stash's own row, held to the end of the
    /// transaction. False when the caller has no such stash.
    /// </summary>
    public static async Task<bool> LockStashAsync(
        this StashesDbContext db, Guid stashId, Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await db.StashesOf(userId)
            .Where(s => s.Id == stashId)
            .ExecuteUpdateAsync(s => s.SetProperty(stash => stash.UpdatedAt, now), cancellationToken) == 1;
}
