using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Data;

/// <summary>A file, folder or stash that is shared with somebody, or with whoever holds its link.</summary>
internal sealed class Share
{
    public const int NoteMaxLength = 500;
    public const int PinLabelMaxLength = 50;

    public required Guid Id { get; init; }

    public required TargetKind TargetType { get; init; }

    /// <summary>Of the Stashes module; no foreign key crosses a schema.</summary>
    public required Guid TargetId { get; init; }

    /// <summary>The target where it is a file, else null.</summary>
    public Guid? FileId { get; init; }

    /// <summary>A user's id or an e-mail address in lower case; null for a link.</summary>
    public string? SharedWith { get; init; }

    public required SharePermission Permission { get; set; }

    /// <summary>SHA-256 of a link's secret; null for a share with a person.</summary>
    public byte[]? ShareToken { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>The owner of the target: nobody else can share.</summary>
    public required Guid CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A PHC string; null where the link needs no password.</summary>
    public string? PasswordHash { get; set; }

    public int? MaxAccesses { get; set; }
    public int AccessCount { get; set; }

    /// <summary>Turned off, and can be turned on again.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Over for good.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    public DateTimeOffset? LastAccessedAt { get; set; }

    /// <summary>A word to whoever it is shared with.</summary>
    public string? Note { get; set; }

    /// <summary>The only version that is shown; null for the newest.</summary>
    public int? PinVersion { get; init; }

    /// <summary>The label whose version is shown.</summary>
    public string? PinLabel { get; init; }

    /// <summary>Whether all secrets are masked in what is served.</summary>
    public bool Redact { get; init; }

    /// <summary>The codes of secret findings that the owner shows knowingly.</summary>
    public string[] AcceptedFindings { get; init; } = [];

    public List<ShareAccess> Accesses { get; } = [];
}
