using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Usage;

/// <summary>Sums up what owners keep, every hour. Any number of processes may run it: each passes over what another one is at.</summary>
internal sealed class UsageCompaction(IServiceScopeFactory scopes, TimeProvider time, ILogger<UsageCompaction> logger) : BackgroundService
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
                await scope.ServiceProvider.GetRequiredService<StashesDbContext>().CompactUsageAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
            {
                logger.LogError(exception, "What owners keep could not be summed up; the next try is in {Interval}", Interval);
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
