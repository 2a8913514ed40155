using System.Diagnostics.Metrics;

namespace PromptStash.ServiceDefaults.Monitoring;

/// <summary>The metrics of the database beside Npgsql's own, which tell of the connection pool.</summary>
internal sealed class DatabaseMeter
{
    /// <summary>The name to subscribe to.</summary>
    public const string Name = "PromptStash.Database";

    private volatile Sample? _latest;

    public DatabaseMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        SlowCommands = meter.CreateCounter<long>("promptstash.database.slow_commands", "{command}", "Commands that took longer than the threshold.");
        meter.CreateObservableGauge("promptstash.database.size", () => Look(sample => sample.Overview.SizeBytes), "By", "Size of the database.");
        meter.CreateObservableGauge("promptstash.database.connections", () => Look(sample => (long)sample.Overview.Connections), "{connection}", "Sessions of the server.");
        meter.CreateObservableGauge("promptstash.database.deadlocks", () => Look(sample => sample.Overview.Deadlocks), "{deadlock}", "Transactions ended because they waited for each other.");
        meter.CreateObservableGauge("promptstash.database.rollbacks", () => Look(sample => sample.Overview.Rollbacks), "{transaction}", "Transactions that were undone.");
        meter.CreateObservableGauge("promptstash.database.cache_hit_ratio", () => Look(sample => sample.Overview.CacheHitRatio ?? 1), "1", "Blocks found in PostgreSQL's cache.");
        meter.CreateObservableGauge("promptstash.database.transaction_age", () => Look(sample => (long)sample.Overview.TransactionAge), "{transaction}", "Transactions since the oldest row was frozen.");
        meter.CreateObservableGauge("promptstash.outbox.pending", () => Lags(lag => lag.Pending), "{message}", "Events that are not delivered yet.");
        meter.CreateObservableGauge("promptstash.outbox.lag", () => Lags(lag => lag.OldestSeconds), "s", "Age of the oldest event that is not delivered yet.");
    }

    public Counter<long> SlowCommands { get; }

    public void Set(Sample sample) => _latest = sample;

    private IEnumerable<Measurement<T>> Look<T>(Func<Sample, T> figure)
        where T : struct => _latest is { } sample ? [new Measurement<T>(figure(sample))] : [];

    private IEnumerable<Measurement<double>> Lags(Func<OutboxLag, double> figure) =>
        _latest?.Outboxes.Select(lag => new Measurement<double>(figure(lag), new KeyValuePair<string, object?>("schema", lag.Schema))) ?? [];

    /// <summary>What was read last.</summary>
    internal sealed record Sample(DatabaseOverview Overview, IReadOnlyList<OutboxLag> Outboxes);

    /// <summary>The events of one module that wait.</summary>
    internal sealed record OutboxLag(string Schema, long Pending, double OldestSeconds);
}
