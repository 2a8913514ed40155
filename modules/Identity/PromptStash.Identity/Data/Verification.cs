namespace PromptStash.Identity.Data;

/// <summary>A single-use secret that was sent to somebody, such as the link that proves an address.</summary>
internal sealed class Verification
{
    public required Guid Id { get; init; }

    /// <summary>What it is for and for whom, such as <c>verify-email:USER-ID</c>. Unique: the newest takes the place of an older one.</summary>
    public required string Identifier { get; init; }

    /// <summary>SHA-256 of the secret, base64url.</summary>
    public required string Value { get; init; }

    /// <summary>What the use of the secret needs to know, such as the new address of an e-mail change.</summary>
    public string? Payload { get; init; }

    /// <summary>How often a second secret was tried with this one, such as the codes of a two-factor challenge.</summary>
    public int Attempts { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}
