namespace PromptStash.Stashes.Data;

/// <summary>A folder of a stash.</summary>
internal sealed class Folder
{
    public required Guid Id { get; init; }

    /// <summary>The last segment of <see cref="Path"/>.</summary>
    public required string Name { get; set; }

    /// <summary>The path inside the stash, always the parent's path plus the name.</summary>
    public required string Path { get; set; }

    public Guid? ParentId { get; set; }
    public Folder? Parent { get; private init; }
    public required Guid StashId { get; init; }
    public Stash Stash { get; private init; } = null!;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? DeletedAt { get; set; }
    public Guid? DeletedBy { get; set; }

    /// <summary>What was thrown away, this folder itself or one above it. Null while the folder lives.</summary>
    public Guid? TrashId { get; set; }

    public List<Folder> Children { get; } = [];
    public List<StashFile> Files { get; } = [];
}
