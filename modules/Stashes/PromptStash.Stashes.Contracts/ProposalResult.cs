namespace PromptStash.Stashes.Contracts;

/// <summary>What came of making a proposed text a version: one of the four.</summary>
/// <param name="Version">The version that holds it; null when nothing was changed.</param>
/// <param name="Conflicts">The passages that both the proposal and somebody else changed since its base.</param>
/// <param name="Refusal">Why the file cannot hold what would come out.</param>
/// <param name="Room">What its owner keeps, where there is no room for it.</param>
public sealed record ProposalResult(int? Version, IReadOnlyList<ProposalResult.Conflict> Conflicts, string? Refusal, ProposalResult.Use? Room = null)
{
    /// <summary>What a user keeps, in bytes of content, the trash and old versions included.</summary>
    /// <param name="Used">How much it is.</param>
    /// <param name="Needed">How much it would be.</param>
    /// <param name="Limit">How much it may be.</param>
    public sealed record Use(long Used, long Needed, long Limit);

    /// <summary>
    /// A passage in three texts. Lines are counted from 1; where a passage has none, its first line is the one before it, as in a unified diff.
    /// </summary>
    /// <param name="BaseStart">The first line in the version that the proposal began with.</param>
    /// <param name="BaseLines">How many lines there.</param>
    /// <param name="CurrentStart">The first line in the file as it is.</param>
    /// <param name="CurrentLines">How many lines there.</param>
    /// <param name="ProposedStart">The first line in the proposal.</param>
    /// <param name="ProposedLines">How many lines there.</param>
    public sealed record Conflict(int BaseStart, int BaseLines, int CurrentStart, int CurrentLines, int ProposedStart, int ProposedLines);

    /// <summary>The file holds the proposal, as this version.</summary>
    public static ProposalResult Done(int version) => new(version, [], Refusal: null);

    /// <summary>Two people changed the same lines.</summary>
    public static ProposalResult InConflict(IReadOnlyList<Conflict> conflicts) => new(Version: null, conflicts, Refusal: null);

    /// <summary>The owner would keep more than they may.</summary>
    public static ProposalResult NoRoom(Use use) => new(Version: null, [], Refusal: null, use);

    /// <summary>The file cannot hold it.</summary>
    public static ProposalResult Refused(string reason) => new(Version: null, [], reason);
}
