namespace PromptStash.BuildingBlocks;

/// <summary>A fact for neighbours, written in the same transaction as the change it tells of.</summary>
public sealed class OutboxMessage
{
    /// <summary>Version 7, so that messages are delivered about in the order they were written.</summary>
    public required Guid Id { get; init; }

    /// <summary>The wire name of the event, never a CLR type name: those change when code moves.</summary>
    public required string Type { get; init; }

    /// <summary>The event as JSON.</summary>
    public required string Payload { get; init; }

    /// <summary>When the fact was written.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The W3C trace of the request that caused it, so that the delivery can be linked to it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>How often delivery was begun.</summary>
    public int Attempts { get; private set; }

    /// <summary>Not to be delivered before; moved forward by the lease of a dispatcher and by the back-off after a failure.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>What went wrong last, for the operator; the type of the error, never its text, which may hold content.</summary>
    public string? LastError { get; private set; }
}
