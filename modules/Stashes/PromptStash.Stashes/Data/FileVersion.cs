namespace PromptStash.Stashes.Data;

/// <summary>What a file held at one time. Immutable: a trigger refuses updates.</summary>
internal sealed class FileVersion
{
    public required Guid Id { get; init; }
    public required Guid FileId { get; init; }
    public StashFile File { get; private init; } = null!;
    public required string Content { get; init; }
    public required int Version { get; init; }

    /// <summary>The user who wrote it.</summary>
    public required Guid CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Bytes of <see cref="Content"/> in UTF-8.</summary>
    public required int Size { get; init; }

    /// <summary>SHA-256 of <see cref="Content"/> in UTF-8.</summary>
    public required byte[] ContentHash { get; init; }

    /// <summary>What the file holds now, as the version that it is at.</summary>
    public static FileVersion Of(StashFile file, Guid author, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        FileId = file.Id,
        Content = file.Content,
        Version = file.Version,
        CreatedBy = author,
        CreatedAt = now,
        Size = file.Size,
        ContentHash = file.ContentHash,
    };
}
