namespace PromptStash.Stashes.Data;

/// <summary>What a file held at one time. Immutable: a trigger refuses updates.</summary>
internal sealed class FileVersion
{
    public const int MessageMaxLength = 500;

    public required Guid Id { get; init; }
    public required Guid FileId { get; init; }
    public StashFile File { get; private init; } = null!;

    /// <summary>The stash's owner: contents are kept, and counted, per owner.</summary>
    public required Guid OwnerId { get; init; }

    public required int Version { get; init; }

    /// <summary>The user who wrote it.</summary>
    public required Guid CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Why, in the author's words.</summary>
    public string? Message { get; init; }

    /// <summary>Bytes of the content in UTF-8.</summary>
    public required int Size { get; init; }

    /// <summary>SHA-256 of the content in UTF-8, which is how <see cref="Content"/> is found.</summary>
    public required byte[] ContentHash { get; init; }

    /// <summary>Estimated tokens of the content.</summary>
    public int? Tokens { get; init; }

    public Content Content { get; private init; } = null!;

    /// <summary>What the file holds now, as the version that it is at.</summary>
    public static FileVersion Of(StashFile file, Guid author, string? message, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        FileId = file.Id,
        OwnerId = file.OwnerId,
        Version = file.Version,
        CreatedBy = author,
        CreatedAt = now,
        Message = message,
        Size = file.Size,
        ContentHash = file.ContentHash,
        Tokens = file.Tokens,
    };
}
