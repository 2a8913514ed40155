namespace PromptStash.Identity.Data;

/// <summary>A person with an account.</summary>
internal sealed class User
{
    public const int NameMaxLength = 100;
    public const int EmailMaxLength = 254; // RFC 5321, 4.5.3.1.3: a path of 256 octets less its angle brackets.
    public const int ImageMaxLength = 2048;

    public required Guid Id { get; init; }
    public required string Name { get; set; }

    /// <summary>Lower-cased and NFC, so that the unique index sees one spelling of an address.</summary>
    public required string Email { get; set; }

    public bool EmailVerified { get; set; }
    public string? Image { get; set; }
    public bool TwoFactorEnabled { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Changes with everything that must end what was granted before: password, e-mail, two-factor.</summary>
    public required string SecurityStamp { get; set; }
}
