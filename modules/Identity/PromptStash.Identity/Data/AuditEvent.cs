namespace PromptStash.Identity.Data;

/// <summary>
/// Something that happened to an account. Rows are only ever added (a trigger refuses changes) and hold no secret and no address of a
/// person, so that they may outlive the account.
/// </summary>
internal sealed class AuditEvent
{
    public const int TypeMaxLength = 50;
    public const int DetailMaxLength = 100;

    public required Guid Id { get; init; }
    public required string Type { get; init; }
    public required bool Succeeded { get; init; }

    /// <summary>Whose account; null where nobody was recognised. No foreign key: the row stays when the account goes.</summary>
    public Guid? UserId { get; init; }

    public string? IpAddress { get; init; }
    public string? UserAgent { get; init; }

    /// <summary>What the type leaves open, such as a provider's name.</summary>
    public string? Detail { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }
}
