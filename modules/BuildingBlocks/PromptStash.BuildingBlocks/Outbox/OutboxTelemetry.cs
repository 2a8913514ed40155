using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PromptStash.BuildingBlocks;

/// <summary>The traces and counts of event deliveries.</summary>
internal static class OutboxTelemetry
{
    private const string Name = "PromptStash.Outbox";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Deliveries = Meter.CreateCounter<long>("promptstash.outbox.deliveries", "{delivery}", "Deliveries of events, by how they ended.");

    /// <summary>Starts the trace of a delivery and links it to the request that caused the event: it is its own work, not a part of that request.</summary>
    public static Activity? Start(string type, string? cause)
    {
        ActivityLink[] links = ActivityContext.TryParse(cause, traceState: null, isRemote: true, out var context)
            ? [new ActivityLink(context)]
            : [];

        return Source.StartActivity(ActivityKind.Consumer, name: $"deliver {type}", links: links);
    }

    /// <summary>Counts a delivery that has ended.</summary>
    public static void Count(string type, bool done) => Deliveries.Add(
        1, new KeyValuePair<string, object?>("type", type), new KeyValuePair<string, object?>("outcome", done ? "done" : "failed"));
}
