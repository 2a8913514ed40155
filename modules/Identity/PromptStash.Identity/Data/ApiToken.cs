namespace PromptStash.Identity.Data;

/// <summary>A token with which a command line or an agent acts for a user.</summary>
internal sealed class ApiToken
{
    public const int NameMaxLength = 100;

    public required Guid Id { get; init; }
    public required Guid UserId { get; init; }
    public User User { get; private init; } = null!;
    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret.</summary>
    public required byte[] Token { get; init; }

    public required string[] Scopes { get; init; }

    /// <summary>The only stashes it opens; null for all of the user's.</summary>
    public Guid[]? StashIds { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}
