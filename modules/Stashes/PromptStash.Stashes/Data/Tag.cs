namespace PromptStash.Stashes.Data;

/// <summary>A word that a user sorts files by. Tags belong to their owner and are seen by nobody else.</summary>
internal sealed class Tag
{
    public const int NameMaxLength = 50;
    public const int ColorLength = 7;

    public required Guid Id { get; init; }
    public required Guid OwnerId { get; init; }
    public required string Name { get; set; }

    /// <summary><c>#RRGGBB</c>.</summary>
    public string? Color { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public List<FileTag> Files { get; } = [];
}

/// <summary>One tag on one file.</summary>
internal sealed class FileTag
{
    public required Guid Id { get; init; }
    public required Guid FileId { get; init; }
    public StashFile File { get; private init; } = null!;
    public required Guid TagId { get; init; }
    public Tag Tag { get; private init; } = null!;
    public required DateTimeOffset CreatedAt { get; init; }
}
