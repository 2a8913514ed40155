using System.Text.Json.Serialization;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.Sessions;

/// <summary>A user, as answers show one. Keys that have no value are there with null: clients tell the shape of an answer by its keys.</summary>
internal sealed record UserAnswer(
    Guid Id,
    string Name,
    string Email,
    bool EmailVerified,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Image,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    bool TwoFactorEnabled)
{
    public static UserAnswer Of(User user) => new(
        user.Id, user.Name, user.Email, user.EmailVerified, user.Image,
        user.CreatedAt, user.UpdatedAt, user.TwoFactorEnabled);

    public static UserAnswer Of(SessionUser user) => new(
        user.Id, user.Name, user.Email, user.EmailVerified, user.Image,
        user.CreatedAt, user.UpdatedAt, user.TwoFactorEnabled);

    public static readonly UserAnswer Example = new(
        Guid.Parse("0199a1b2-0000-7000-8000-000000000001"), "Ada Lovelace", "ada@example.com", EmailVerified: true, Image: null,
        new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero), TwoFactorEnabled: false);
}

/// <summary>A session, as answers show one.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Token">The same id: a handle with which the session can be revoked, and nothing else. The secret is only in the cookie.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="ExpiresAt">When it ends unless it is used before.</param>
/// <param name="IpAddress">Where it was begun from.</param>
/// <param name="UserAgent">What it was begun with.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="UpdatedAt">When it was last prolonged.</param>
internal sealed record SessionAnswer(
    Guid Id,
    Guid Token,
    Guid UserId,
    DateTimeOffset ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? IpAddress,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? UserAgent,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static SessionAnswer Of(CurrentSession session) => new(
        session.Id, session.Id, session.User.Id, session.ExpiresAt, session.IpAddress, session.UserAgent,
        session.CreatedAt, session.UpdatedAt);

    public static readonly SessionAnswer Example = new(
        Guid.Parse("0199a1b2-0000-7000-8000-0000000000aa"), Guid.Parse("0199a1b2-0000-7000-8000-0000000000aa"), UserAnswer.Example.Id,
        new DateTimeOffset(2026, 3, 8, 9, 30, 0, TimeSpan.Zero), "203.0.113.7", "curl/8.5.0",
        new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero));
}

/// <summary>A session and its user.</summary>
internal sealed record SessionWithUserAnswer(SessionAnswer Session, UserAnswer User);

/// <summary>Something was done.</summary>
internal sealed record StatusAnswer(bool Status)
{
    public static readonly StatusAnswer Done = new(true);
}

/// <summary>Something was done, in the words of the other half of the contract.</summary>
internal sealed record SuccessAnswer(bool Success)
{
    public static readonly SuccessAnswer Done = new(true);
}
