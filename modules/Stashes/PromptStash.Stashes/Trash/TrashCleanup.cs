using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Trash;

/// <summary>
/// Purges what has been in the trash for longer than <see cref="StashesOptions.TrashRetention"/>. Any number of processes may run it: of two that
/// purge the same thing the second finds nothing.
/// </summary>
internal sealed class TrashCleanup(
    IServiceScopeFactory scopes, IOptions<StashesOptions> options, TimeProvider time, ILogger<TrashCleanup> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await PurgeAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
            {
                logger.LogError(exception, "Old things in the trash could not be purged; the next try is in {Interval}", Interval);
            }
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - options.Value.TrashRetention;
        for (var purged = 1; purged > 0;)
        {
            await using var scope = scopes.CreateAsyncScope();
            var services = scope.ServiceProvider;
            var entries = await services.GetRequiredService<StashesDbContext>().ReadTrashBeforeAsync(oldest, TrashPurger.MaxEntries, cancellationToken);

            // Where everything was restored meanwhile, or somebody else was faster, the next hour will do.
            purged = 0;
            foreach (var owner in entries.GroupBy(entry => entry.OwnerId))
            {
                purged += await services.GetRequiredService<TrashPurger>().PurgeAsync(owner.Key, [.. owner], cancellationToken);
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
