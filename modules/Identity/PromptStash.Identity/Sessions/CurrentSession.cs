namespace PromptStash.Identity.Sessions;

/// <summary>The session that a request was authenticated with, and its user as of this request.</summary>
internal sealed record CurrentSession(
    Guid Id,
    DateTimeOffset ExpiresAt,
    DateTimeOffset AbsoluteExpiresAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? IpAddress,
    string? UserAgent,
    bool Remembered,
    SessionUser User)
{
    /// <summary>Whether its user signed in less than <paramref name="age"/> ago. A session is never renewed without a sign-in or the password.</summary>
    public bool IsYoungerThan(TimeSpan age, DateTimeOffset now) => now - CreatedAt < age;
}

/// <summary>The user of a session.</summary>
internal sealed record SessionUser(
    Guid Id,
    string Name,
    string Email,
    bool EmailVerified,
    string? Image,
    bool TwoFactorEnabled,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

internal static class CurrentSessionAccess
{
    /// <summary>The session of this request, or null when nobody is signed in.</summary>
    public static CurrentSession? GetSession(this HttpContext context) => context.Features.Get<CurrentSession>();

    /// <summary>The session of this request; only for endpoints that require authorization.</summary>
    public static CurrentSession GetRequiredSession(this HttpContext context) => context.GetSession()
        ?? throw new InvalidOperationException("This endpoint reads the session but does not require one.");
}
