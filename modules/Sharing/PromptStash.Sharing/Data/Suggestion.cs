namespace PromptStash.Sharing.Data;

/// <summary>What became of a suggestion.</summary>
internal enum SuggestionStatus
{
    /// <summary>Nobody has decided.</summary>
    Open,

    /// <summary>It is a version of the file.</summary>
    Accepted,

    /// <summary>The file's owner does not want it.</summary>
    Declined,

    /// <summary>Its author took it back.</summary>
    Withdrawn,
}

/// <summary>A new content for a file, which somebody proposes and the file's owner decides on.</summary>
internal sealed class Suggestion
{
    /// <summary>With an author's name and a few words it still fits into the message of a version.</summary>
    public const int MessageMaxLength = 300;

    public const int ReasonMaxLength = 500;

    public required Guid Id { get; init; }

    /// <summary>Of the Stashes module; no foreign key crosses a schema.</summary>
    public required Guid FileId { get; init; }

    /// <summary>Whose file it is: what is held about an account goes with it.</summary>
    public required Guid OwnerId { get; init; }

    /// <summary>The version that its author began with.</summary>
    public required int BaseVersion { get; init; }

    public required string Content { get; init; }

    /// <summary>Why, in the author's words.</summary>
    public string? Message { get; init; }

    /// <summary>Null for the anonymous holder of a link, who gives an <see cref="AuthorName"/>.</summary>
    public Guid? AuthorId { get; init; }

    public string? AuthorName { get; init; }

    /// <summary>The link that it came through; the link may be gone.</summary>
    public Guid? ShareId { get; init; }

    public SuggestionStatus Status { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>Why it was declined, in the owner's words.</summary>
    public string? Reason { get; set; }

    /// <summary>The version that holds it since it was accepted.</summary>
    public int? Version { get; set; }

    /// <summary>Who is deciding at this moment: an id made for that one decision.</summary>
    public Guid? Claim { get; set; }

    public DateTimeOffset? ClaimedAt { get; set; }
}
