namespace PromptStash.Identity.Data;

/// <summary>How often something that can be guessed was tried within a window of time.</summary>
internal sealed class AttemptCounter
{
    /// <summary>What is counted and for whom; an address is in it as a hash, whether or not it has an account.</summary>
    public required string Key { get; init; }

    public required int Count { get; init; }
    public required DateTimeOffset WindowEndsAt { get; init; }
}
