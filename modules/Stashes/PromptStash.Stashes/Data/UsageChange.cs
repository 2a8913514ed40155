namespace PromptStash.Stashes.Data;

/// <summary>
/// By how much a statement changed what an owner keeps; written by triggers. Use is the sum. A counter in one row would make everything
/// that an owner does at the same time wait for the longest of it.
/// </summary>
internal sealed class UsageChange
{
    public long Id { get; init; }
    public required Guid OwnerId { get; init; }
    public required int Stashes { get; init; }
    public required int Files { get; init; }

    /// <summary>Of contents, unpacked, each counted once.</summary>
    public required long Bytes { get; init; }
}
