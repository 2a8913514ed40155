using Microsoft.EntityFrameworkCore.Storage;

namespace PromptStash.Sharing.Data;

/// <summary>Several statements that succeed or fail together.</summary>
internal static class Transactions
{
    /// <summary>Runs <paramref name="work"/> in a transaction, again from the start after a transient error. Only what it commits itself is kept.</summary>
    public static Task<T> InTransactionAsync<T>(
        this SharingDbContext db, Func<IDbContextTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        db.Database.CreateExecutionStrategy().ExecuteAsync(
            async cancelled =>
            {
                db.ChangeTracker.Clear();
                await using var transaction = await db.Database.BeginTransactionAsync(cancelled);

                return await work(transaction, cancelled);
            },
            cancellationToken);
}
