using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PromptStash.Sharing.Data;

/// <summary>
/// Ends shares whose time is over and removes old lines of their logs. Nothing depends on it, as a share is looked at with its end; it keeps
/// tables and lists small. Any number of processes may run it.
/// </summary>
internal sealed class SharingHousekeeping(
    IServiceScopeFactory scopes, IOptions<SharingOptions> options, TimeProvider time, ILogger<SharingHousekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<SharingDbContext>();
            var now = time.GetUtcNow();
            var oldest = now - options.Value.AccessLogRetention;

            await db.Shares.Where(s => s.RevokedAt == null && s.ExpiresAt <= now)
                .ExecuteUpdateAsync(s => s.SetProperty(share => share.RevokedAt, now), stoppingToken);
            await db.ShareAccesses.Where(a => a.CreatedAt < oldest).ExecuteDeleteAsync(stoppingToken);
            await db.AttemptCounters.Where(c => c.WindowEndsAt < now).ExecuteDeleteAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            logger.LogError(exception, "What is over could not be removed; the next try is in {Interval}", Interval);
        }
    }
}
