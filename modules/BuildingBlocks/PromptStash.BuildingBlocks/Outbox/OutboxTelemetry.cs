using System.Diagnostics;

namespace PromptStash.BuildingBlocks;

/// <summary>The traces of event deliveries.</summary>
public static class OutboxTelemetry
{
    /// <summary>The name to subscribe to.</summary>
    public const string SourceName = "PromptStash.Outbox";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts the trace of a delivery and links it to the request that caused the event: it is its own work, not a part of that request.</summary>
    internal static Activity? Start(string type, string? cause)
    {
        ActivityLink[] links = ActivityContext.TryParse(cause, traceState: null, isRemote: true, out var context)
            ? [new ActivityLink(context)]
            : [];

        return Source.StartActivity(ActivityKind.Consumer, name: $"deliver {type}", links: links);
    }
}
