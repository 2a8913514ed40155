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

    /// <summary>The stash's owner, kept here too: quotas, search and the trash go over all stashes of one owner.</summary>
    public required Guid OwnerId { get; init; }

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

    /// <summary>What was thrown away, this file itself or a folder with it in it: restoring that restores this. Null while the file lives.</summary>
    public Guid? TrashId { get; set; }

    /// <summary>What the file says of itself, from its front matter or manifest.</summary>
    public string? Description { get; set; }

    /// <summary>What else can be searched for: <c>model=opus</c>, <c>tools=bash</c>, lower-cased.</summary>
    public required string[] Fields { get; set; }

    /// <summary>Estimated tokens of <see cref="Content"/>.</summary>
    public int? Tokens { get; set; }

    /// <summary>The rules that the counts of findings come from; null when the file has to be checked (again).</summary>
    public int? CheckedRules { get; set; }

    public int Errors { get; set; }
    public int Warnings { get; set; }
    public int Infos { get; set; }

    public List<FileTag> Tags { get; } = [];
    public List<FileVersion> Versions { get; } = [];
    public List<FileLabel> Labels { get; } = [];
}
