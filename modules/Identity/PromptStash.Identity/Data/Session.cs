namespace PromptStash.Identity.Data;

/// <summary>One signed-in browser or program.</summary>
internal sealed class Session
{
    public const int IpAddressMaxLength = 45; // An IPv4-mapped IPv6 address.
    public const int UserAgentMaxLength = 512;

    /// <summary>The public handle: it stands where Better Auth's bodies carry the token, and opens nothing.</summary>
    public required Guid Id { get; init; }

    /// <summary>SHA-256 of the cookie's secret.</summary>
    public required byte[] Token { get; init; }

    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When even a session in daily use ends.</summary>
    public required DateTimeOffset AbsoluteExpiresAt { get; init; }

    public string? IpAddress { get; init; }
    public string? UserAgent { get; init; }
    public required Guid UserId { get; init; }
    public User User { get; private init; } = null!;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>False for "do not remember me": a cookie without Max-Age and a session that is never prolonged.</summary>
    public required bool Remembered { get; init; }
}
