namespace PromptStash.BuildingBlocks;

/// <summary>Marks a migration that nobody may use the database beside: the API is stopped before it and started after it.</summary>
/// <param name="why">What makes that acceptable, for whoever reviews or plans it.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsDowntimeAttribute(string why) : Attribute
{
    /// <summary>What makes it acceptable.</summary>
    public string Why => why;
}
