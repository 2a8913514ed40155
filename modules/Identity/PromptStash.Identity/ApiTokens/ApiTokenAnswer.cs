using System.Text.Json.Serialization;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.ApiTokens;

/// <summary>A token, without its secret.</summary>
/// <param name="Id">Its id, for deleting it.</param>
/// <param name="Name">What the user called it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="StashIds">The only stashes that it opens; null for all.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="LastUsedAt">When it was last used, to the minute.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record ApiTokenAnswer(
    Guid Id,
    string Name,
    string[] Scopes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid[]? StashIds,
    DateTimeOffset? ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? LastUsedAt,
    DateTimeOffset CreatedAt)
{
    public static ApiTokenAnswer Of(ApiToken token) => new(
        token.Id, token.Name, token.Scopes, token.StashIds, token.ExpiresAt, token.LastUsedAt, token.CreatedAt);

    public static readonly ApiTokenAnswer Example = new(
        Guid.Parse("0199a1b2-0000-7000-8000-0000000000bb"), "CI of the website", ["stashes:read"], StashIds: null,
        new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero), LastUsedAt: null, new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero));
}
