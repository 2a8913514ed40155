namespace PromptStash.Sharing.Data;

/// <summary>How often something was tried within a window.</summary>
internal sealed class AttemptCounter
{
    public required string Key { get; init; }
    public required int Count { get; init; }
    public required DateTimeOffset WindowEndsAt { get; init; }
}
