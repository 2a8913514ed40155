namespace PromptStash.Identity.Data;

/// <summary>A user's second factor.</summary>
internal sealed class TwoFactor
{
    public required Guid Id { get; init; }

    /// <summary>The TOTP secret, encrypted with the data protection key ring.</summary>
    public required string Secret { get; set; }

    /// <summary>Salted slow hashes, never the codes.</summary>
    public required string BackupCodes { get; set; }

    public required Guid UserId { get; init; }
    public User User { get; private init; } = null!;

    /// <summary>Whether enrolment was finished with a right code.</summary>
    public bool Verified { get; set; }

    /// <summary>The last accepted time step: a code is good for one sign-in only (RFC 6238, 5.2).</summary>
    public long? LastStep { get; set; }

    public int FailedCount { get; set; }
    public DateTimeOffset? LockedUntil { get; set; }
}
