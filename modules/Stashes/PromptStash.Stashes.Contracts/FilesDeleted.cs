namespace PromptStash.Stashes.Contracts;

/// <summary>Files went into the trash, alone or with their folder or stash. What was granted on them ends, and stays ended if they are restored.</summary>
/// <param name="FileIds">At most <see cref="MaxFiles"/> ids; a larger deletion is told in several events.</param>
/// <param name="DeletedAt">When: what was granted later, on a file that was restored, stays. Null in events from before it was told.</param>
public sealed record FilesDeleted(IReadOnlyList<Guid> FileIds, DateTimeOffset? DeletedAt = null)
{
    /// <summary>The wire name.</summary>
    public const string Type = "stashes.files-deleted.v1";

    /// <summary>The most ids that one event carries.</summary>
    public const int MaxFiles = 1000;
}
