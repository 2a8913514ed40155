using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PromptStash.BuildingBlocks;

/// <summary>
/// Work that keeps tables in order, at the start and every hour after. Nothing may depend on it, and any number of processes may run it: of two
/// that come to the same rows the second finds nothing to do.
/// </summary>
public abstract class Housekeeping(IServiceScopeFactory scopes, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>From one time to the next.</summary>
    protected virtual TimeSpan Interval => TimeSpan.FromHours(1);

    /// <summary>Does the work once.</summary>
    /// <param name="services">A scope of its own.</param>
    /// <param name="cancellationToken">The host stops.</param>
    protected abstract Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken);

    /// <inheritdoc />
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await TryAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task TryAsync(CancellationToken stoppingToken)
    {
        BackgroundWork.Name = GetType().Name;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await WorkAsync(scope.ServiceProvider, stoppingToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            logger.LogError(exception, "{Work} failed; the next try is in {Interval}", GetType().Name, Interval);
        }
    }
}
