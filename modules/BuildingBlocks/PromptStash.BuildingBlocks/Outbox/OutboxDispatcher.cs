using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PromptStash.BuildingBlocks;

/// <summary>How the outboxes are emptied: configuration section <c>Outbox</c>.</summary>
public sealed class OutboxOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Outbox";

    /// <summary>How long to wait for new messages of other processes; one's own are delivered at once.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many messages are claimed at a time.</summary>
    [Range(1, 1000)]
    public int BatchSize { get; set; } = 20;

    /// <summary>How long a claim holds; a dispatcher that died gives its messages back after this time.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause between two deliveries of a message that keeps failing; it doubles from one second.</summary>
    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromMinutes(10);
}

/// <summary>
/// Delivers a module's outbox. Several processes may run it on one table: a claim is one statement with SKIP LOCKED that pushes
/// <c>not_before</c> behind a lease, so each message is with one process at a time and comes back if that process dies.
/// </summary>
internal sealed class OutboxDispatcher<TContext>(
    IServiceScopeFactory scopes,
    IEnumerable<EventSubscription> subscriptions,
    OutboxSignal<TContext> signal,
    IOptions<OutboxOptions> options,
    TimeProvider time,
    ILogger<OutboxDispatcher<TContext>> logger) : BackgroundService
    where TContext : DbContext
{
    // Events that a newer version has subscribers for, and this one has not, stay for that version.
    private readonly string[] _types = [.. subscriptions.Select(s => s.Type).Distinct(StringComparer.Ordinal)];
    private readonly ILookup<string, EventSubscription> _subscriptions = subscriptions.ToLookup(s => s.Type, StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await DeliverBatchAsync(stoppingToken) == options.Value.BatchSize)
                {
                    // A full batch means that more may be waiting.
                }

                await signal.WaitAsync(options.Value.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // The database may be away for a while; the messages are safe in it, so wait and look again.
                logger.LogError(exception, "The outbox of {Context} could not be read; trying again in {Interval}",
                    typeof(TContext).Name, options.Value.PollInterval);
                await signal.WaitAsync(options.Value.PollInterval, CancellationToken.None);
            }
        }
    }

    private async Task<int> DeliverBatchAsync(CancellationToken cancellationToken)
    {
        BackgroundWork.Name = "Outbox";
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        var sql = OutboxSql.For(db);
        var now = time.GetUtcNow();
        var leaseEnd = now + options.Value.Lease;
        var batchSize = options.Value.BatchSize;

        var claimed = await db.Database
            .SqlQueryRaw<ClaimedMessage>(sql.Claim, leaseEnd, now, batchSize, _types)
            .ToListAsync(cancellationToken);

        var open = claimed.OrderBy(m => m.Id).ToList();
        try
        {
            while (open.Count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await DeliverAsync(db, sql, open[0], cancellationToken);
                open.RemoveAt(0);
            }
        }
        catch when (cancellationToken.IsCancellationRequested)
        {
            // Shutting down: give the leases back, so that the next process need not wait for their end.
            await db.Database.ExecuteSqlRawAsync(sql.GiveBack, [time.GetUtcNow(), open.Select(m => m.Id).ToArray(), leaseEnd], CancellationToken.None);
            throw;
        }

        return claimed.Count;
    }

    private async Task DeliverAsync(TContext db, OutboxSql sql, ClaimedMessage message, CancellationToken cancellationToken)
    {
        using var activity = OutboxTelemetry.Start(message.Type, message.TraceParent);
        try
        {
            foreach (var subscription in _subscriptions[message.Type])
            {
                await using var scope = scopes.CreateAsyncScope();
                BackgroundWork.Name = $"Outbox {subscription.Type}";
                await subscription.DeliverAsync(scope.ServiceProvider, message.Payload, cancellationToken);
            }

            await db.Database.ExecuteSqlRawAsync(sql.Delete, [message.Id], cancellationToken);
            OutboxTelemetry.Count(message.Type, done: true);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            OutboxTelemetry.Count(message.Type, done: false);
            var retryAt = time.GetUtcNow() + BackOff(message.Attempts);
            logger.LogError(exception, "Delivery {Attempt} of event {Type} {Id} failed; next try at {RetryAt}",
                message.Attempts, message.Type, message.Id, retryAt);
            await db.Database.ExecuteSqlRawAsync(
                sql.PutOff, [retryAt, exception.GetType().Name, message.Id], cancellationToken);
        }
    }

    private TimeSpan BackOff(int attempts)
    {
        var doubled = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(attempts, 30) - 1));

        return doubled < options.Value.MaxBackOff ? doubled : options.Value.MaxBackOff;
    }
}

internal sealed record ClaimedMessage(Guid Id, string Type, string Payload, string? TraceParent, int Attempts);

/// <summary>The statements on one module's outbox; the table's name comes from the model, never from outside.</summary>
internal sealed record OutboxSql(string Claim, string Delete, string GiveBack, string PutOff)
{
    public static OutboxSql For(DbContext db)
    {
        var entity = db.Model.FindEntityType(typeof(OutboxMessage))!;
        var table = $"{entity.GetSchema()}.{entity.GetTableName()}";

        return new OutboxSql(
            Claim: $$"""
                UPDATE {{table}} AS m
                SET not_before = {0}, attempts = m.attempts + 1
                FROM (SELECT id FROM {{table}} WHERE not_before <= {1} AND type = ANY ({3}) ORDER BY not_before, id LIMIT {2} FOR UPDATE SKIP LOCKED) AS due
                WHERE m.id = due.id
                RETURNING m.id, m.type, m.payload, m.trace_parent, m.attempts
                """,
            Delete: $$"""DELETE FROM {{table}} WHERE id = {0}""",
            GiveBack: $$"""UPDATE {{table}} SET not_before = {0}, attempts = attempts - 1 WHERE id = ANY ({1}) AND not_before = {2}""",
            PutOff: $$"""UPDATE {{table}} SET not_before = {0}, last_error = {1} WHERE id = {2}""");
    }
}
