namespace PromptStash.Identity.Data;

/// <summary>One way to sign in: a password (<see cref="CredentialProvider"/>) or a provider's account.</summary>
internal sealed class Account
{
    public const string CredentialProvider = "credential";

    public required Guid Id { get; init; }

    /// <summary>The provider's id of the user; for a password, our own.</summary>
    public required string AccountId { get; init; }

    public required string ProviderId { get; init; }
    public required Guid UserId { get; init; }
    public User User { get; private init; } = null!;
    public string? AccessToken { get; set; }
    public string? RefreshToken { get; set; }
    public string? IdToken { get; set; }
    public DateTimeOffset? AccessTokenExpiresAt { get; set; }
    public DateTimeOffset? RefreshTokenExpiresAt { get; set; }
    public string? Scope { get; set; }

    /// <summary>A PHC string, never the password.</summary>
    public string? Password { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}
