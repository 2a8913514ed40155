using NpgsqlTypes;

namespace PromptStash.Stashes.Data;

/// <summary>A file as it is now; what it was is in <see cref="FileVersion"/>.</summary>
internal sealed class StashFile
{
    public required Guid Id { get; init; }

    /// <summary>The last segment of <see cref="Path"/>.</summary>
    public required string Name { get; set; }

    /// <summary>The path inside the stash, such as <c>.claude/agents/test.md</c>: the folder's path plus the name.</summary>
    public required string Path { get; set; }

    /// <summary>The text of the current version, byte for byte as it came.</summary>
    public required string Content { get; set; }

    public required FileType FileType { get; set; }
    public required FileKind Kind { get; set; }
    public Guid? FolderId { get; set; }
    public Folder? Folder { get; private init; }
    public required Guid StashId { get; init; }
    public Stash Stash { get; private init; } = null!;

    /// <summary>The number of the current version, counted from 1 without gaps.</summary>
    public required int Version { get; set; }

    /// <summary>Bytes of <see cref="Content"/> in UTF-8.</summary>
    public required int Size { get; set; }

    /// <summary>SHA-256 of <see cref="Content"/> in UTF-8.</summary>
    public required byte[] ContentHash { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? DeletedAt { get; set; }
    public Guid? DeletedBy { get; set; }

    /// <summary>Name, path and content for full text search; kept by a trigger.</summary>
    public NpgsqlTsVector SearchVector { get; private init; } = null!;

    public List<FileTag> Tags { get; } = [];
    public List<FileVersion> Versions { get; } = [];
}
