using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Access;

/// <summary>Where a recipient's queries begin: at what is shared with the caller and not over.</summary>
internal static class GrantQueries
{
    /// <summary>
    /// Under what a person can have been given something: the user id, and the address if it is proven to be theirs. None when there is no
    /// such user any more.
    /// </summary>
    public static async Task<string[]> NamesOfAsync(this IUserDirectory users, Guid userId, CancellationToken cancellationToken) =>
        (await users.FindManyAsync([userId], cancellationToken)).GetValueOrDefault(userId) switch
        {
            null => [],
            { VerifiedEmail: { } email } => [userId.ToString(), email],
            _ => [userId.ToString()],
        };

    public static IQueryable<Share> LiveGrantsTo(this IQueryable<Share> shares, string[] names, DateTimeOffset now) =>
        shares.Where(s => names.Contains(s.SharedWith) && s.RevokedAt == null && s.DisabledAt == null && (s.ExpiresAt == null || s.ExpiresAt > now));
}
