namespace PromptStash.BuildingBlocks;

/// <summary>
/// Marks a migration that takes something away which an older version of the program may still use: the last phase of a change without downtime
/// (expand, write both, backfill, contract). It goes out only when no older version runs any more.
/// </summary>
/// <param name="why">What made sure of that, for whoever reviews or rolls back.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ContractPhaseAttribute(string why) : Attribute
{
    /// <summary>What made sure that nothing uses it any more.</summary>
    public string Why => why;
}
