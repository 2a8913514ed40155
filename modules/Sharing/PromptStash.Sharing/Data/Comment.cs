namespace PromptStash.Sharing.Data;

/// <summary>A remark on a version of a file, or the answer to one.</summary>
internal sealed class Comment
{
    public const int BodyMaxLength = 10_000;
    public const int AuthorNameMaxLength = 100;

    public required Guid Id { get; init; }
    public required Guid FileId { get; init; }

    /// <summary>The version that was on the screen.</summary>
    public required int Version { get; init; }

    public int? LineFrom { get; init; }
    public int? LineTo { get; init; }
    public Guid? ParentId { get; init; }
    public Comment? Parent { get; private init; }

    /// <summary>Null for the anonymous holder of a link, who gives a <see cref="AuthorName"/>.</summary>
    public Guid? AuthorId { get; init; }

    public string? AuthorName { get; init; }
    public required string Body { get; set; }
    public DateTimeOffset? ResolvedAt { get; set; }
    public Guid? ResolvedBy { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When its author took it back: body and name are empty from then on, and only its place among its answers is left.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    public List<Comment> Replies { get; } = [];
}
