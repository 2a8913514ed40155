using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PromptStash.Identity.Data;

/// <summary>
/// Removes what is over: sessions, secrets, counters and old audit events. Nothing depends on it, as all of them are looked at with their
/// end; it keeps tables small. Any number of processes may run it.
/// </summary>
internal sealed class IdentityHousekeeping(
    IServiceScopeFactory scopes, IOptions<IdentityOptions> options, TimeProvider time, ILogger<IdentityHousekeeping> logger) : BackgroundService
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
            var db = scope.ServiceProvider.GetRequiredService<IdentityDbContext>();
            var now = time.GetUtcNow();
            var oldestAudit = now - options.Value.AuditRetention;

            await db.Sessions.Where(s => s.ExpiresAt < now || s.AbsoluteExpiresAt < now).ExecuteDeleteAsync(stoppingToken);
            await db.Verifications.Where(v => v.ExpiresAt < now).ExecuteDeleteAsync(stoppingToken);
            await db.AttemptCounters.Where(c => c.WindowEndsAt < now).ExecuteDeleteAsync(stoppingToken);
            await db.AuditEvents.Where(a => a.OccurredAt < oldestAudit).ExecuteDeleteAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            logger.LogError(exception, "What is over could not be removed; the next try is in {Interval}", Interval);
        }
    }
}
