using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace PromptStash.BuildingBlocks;

/// <summary>
/// Wakes the dispatcher of a context's outbox as soon as a message of this process is committed. Only a shortcut: a message that
/// nobody was woken for is found at the next poll.
/// </summary>
internal sealed class OutboxSignal<TContext> : ISaveChangesInterceptor, IDbTransactionInterceptor, IDisposable
    where TContext : DbContext
{
    private readonly SemaphoreSlim _pending = new(0, 1);

    public Task WaitAsync(TimeSpan interval, CancellationToken cancellationToken) => _pending.WaitAsync(interval, cancellationToken);

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        // Inside an explicit transaction nobody can see the message yet.
        if (eventData.Context?.Database.CurrentTransaction is null)
        {
            RaiseIfWritten(eventData.Context);
        }

        return ValueTask.FromResult(result);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        RaiseIfWritten(eventData.Context);

        return Task.CompletedTask;
    }

    public void Dispose() => _pending.Dispose();

    private void RaiseIfWritten(DbContext? db)
    {
        if (db?.ChangeTracker.Entries<OutboxMessage>().Any() is not true)
        {
            return;
        }

        try
        {
            _pending.Release();
        }
        catch (SemaphoreFullException)
        {
            // Raised already and not yet seen: one look at the table serves both.
        }
    }
}
