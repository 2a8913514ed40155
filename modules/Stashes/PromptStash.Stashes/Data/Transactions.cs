using Microsoft.EntityFrameworkCore.Storage;

namespace PromptStash.Stashes.Data;

/// <summary>Several statements that succeed or fail together.</summary>
internal static class Transactions
{
    /// <summary>
    /// Runs <paramref name="work"/> in a transaction, again from the start after a transient error. Only what it commits itself is kept.
    /// </summary>
    /// <param name="db">The context; its change tracker is emptied before each try.</param>
    /// <param name="work">The statements, and the commit.</param>
    /// <param name="committed">
    /// Asked when the connection broke: a commit may have been carried out and only its answer lost. It looks for a mark that only this very
    /// work leaves behind (an id made before it) and answers for it, or null to have the work repeated.
    /// </param>
    /// <param name="cancellationToken">Ends it; what is not committed is undone.</param>
    public static Task<T> InTransactionAsync<T>(
        this StashesDbContext db,
        Func<IDbContextTransaction, CancellationToken, Task<T>> work,
        Func<CancellationToken, Task<T?>> committed,
        CancellationToken cancellationToken)
        where T : class? =>
        db.Database.CreateExecutionStrategy().ExecuteAsync(
            (work, committed),
            static async (context, state, cancelled) =>
            {
                var db = (StashesDbContext)context;
                db.ChangeTracker.Clear();
                await using var transaction = await db.Database.BeginTransactionAsync(cancelled);
                await db.Database.ExecuteSqlAsync($"SELECT set_config('lock_timeout', {LockTimeout}, true)", cancelled);

                return await state.work(transaction, cancelled);
            },
            static async (context, state, cancelled) =>
            {
                context.ChangeTracker.Clear();

                return await state.committed(cancelled) is { } result
                    ? new ExecutionResult<T>(successful: true, result)
                    : new ExecutionResult<T>(successful: false, default!);
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

    /// <summary>
    /// Whoever waits for a stash that somebody is importing into keeps a server connection busy, and there are few of them. For this
    /// transaction only: behind PgBouncer a session's setting would be the next client's.
    /// </summary>
    private const string LockTimeout = "5s";
}
