namespace PromptStash.Sharing.Data;

/// <summary>A file that is shared with somebody, or with whoever holds its link.</summary>
internal sealed class Share
{
    public required Guid Id { get; init; }

    /// <summary>A file of the Stashes module; no foreign key crosses a schema.</summary>
    public required Guid FileId { get; init; }

    /// <summary>A user's id or an e-mail address; null for a link.</summary>
    public string? SharedWith { get; init; }

    public required SharePermission Permission { get; set; }

    /// <summary>SHA-256 of a link's secret; null for a share with a person.</summary>
    public byte[]? ShareToken { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A PHC string; null where the link needs no password.</summary>
    public string? PasswordHash { get; set; }

    public int? MaxAccesses { get; set; }
    public int AccessCount { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    public DateTimeOffset? LastAccessedAt { get; set; }
    public List<ShareAccess> Accesses { get; } = [];
}
