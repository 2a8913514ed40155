using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Trash;

/// <summary>Purges what has been in the trash for longer than <see cref="StashesOptions.TrashRetention"/>.</summary>
internal sealed class TrashCleanup(
    IServiceScopeFactory scopes, IOptions<StashesOptions> options, TimeProvider time, ILogger<TrashCleanup> logger)
    : Housekeeping(scopes, time, logger)
{
    private readonly IServiceScopeFactory _scopes = scopes;
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;

    protected override async Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var oldest = _time.GetUtcNow() - options.Value.TrashRetention;
        var failed = new HashSet<Guid>();
        for (var purged = 1; purged > 0;)
        {
            await using var scope = _scopes.CreateAsyncScope();
            var entries = await scope.ServiceProvider.GetRequiredService<StashesDbContext>()
                .ReadTrashBeforeAsync(oldest, [.. failed], TrashPurger.MaxEntries, cancellationToken);

            // Where everything was restored meanwhile, or somebody else was faster, the next hour will do.
            purged = 0;
            foreach (var owner in entries.GroupBy(entry => entry.OwnerId))
            {
                purged += await PurgeAsync(owner.Key, [.. owner], failed, cancellationToken);
            }
        }
    }

    /// <summary>Whatever is wrong with what one owner threw away, it must not be what keeps everybody else's.</summary>
    private async Task<int> PurgeAsync(Guid ownerId, TrashEntry[] entries, HashSet<Guid> failed, CancellationToken cancellationToken)
    {
        try
        {
            // A context of its own: one that failed still holds what it was to write.
            await using var scope = _scopes.CreateAsyncScope();

            return await scope.ServiceProvider.GetRequiredService<TrashPurger>().PurgeAsync(ownerId, entries, cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            failed.Add(ownerId);
            _logger.LogError(exception, "The trash of user {UserId} could not be purged; the next try is in {Interval}", ownerId, Interval);

            // The others of the same page, and those after it, still have their turn.
            return 1;
        }
    }
}
