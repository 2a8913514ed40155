using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PromptStash.Stashes.Data;

/// <summary>Forgets first answers that nobody will ask for again. Any number of processes may run it: a delete of nothing costs nothing.</summary>
internal sealed class IdempotencyKeyCleanup(
    IServiceScopeFactory scopes, IOptions<StashesOptions> options, TimeProvider time, ILogger<IdempotencyKeyCleanup> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var oldest = time.GetUtcNow() - options.Value.IdempotencyKeyLifetime;
                await scope.ServiceProvider.GetRequiredService<StashesDbContext>().IdempotencyKeys
                    .Where(k => k.CreatedAt < oldest)
                    .ExecuteDeleteAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
            {
                logger.LogError(exception, "Old idempotency keys could not be removed; the next try is in {Interval}", Interval);
            }
        }
        while (await NextAsync(timer, stoppingToken));
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
