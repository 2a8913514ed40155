using System.Globalization;

namespace PromptStash.BuildingBlocks;

/// <summary>What a module may know of the caller.</summary>
public static class ClaimsPrincipalExtensions
{
    /// <summary>The signed-in user's id. Only for endpoints that require authorization; throws where there is no user.</summary>
    public static Guid GetUserId(this ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id)
            ? id
            : throw new InvalidOperationException("This endpoint reads the caller's id but does not require a signed-in user.");

    /// <summary>The only stashes that the caller's API token opens; null for all of the user's, as in a session.</summary>
    public static Guid[]? GetStashLimit(this ClaimsPrincipal user)
    {
        var stashes = user.FindAll(StashLimitClaim).Select(claim => Guid.Parse(claim.Value)).ToArray();

        return stashes.Length == 0 ? null : stashes;
    }

    /// <summary>When the user of this session proved who they are; null where no session is at hand, as with an API token.</summary>
    public static DateTimeOffset? GetSignedInAt(this ClaimsPrincipal user) =>
        long.TryParse(user.FindFirstValue(SignedInAtClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary>The user's address, if it is proven that it is theirs.</summary>
    public static string? GetVerifiedEmail(this ClaimsPrincipal user) =>
        user.HasClaim(EmailVerifiedClaim, "true") ? user.FindFirstValue(ClaimTypes.Email) : null;

    /// <summary>The claim of <see cref="GetSignedInAt"/>, in seconds since 1970 (OpenID Connect Core, 2).</summary>
    public const string SignedInAtClaim = "auth_time";

    /// <summary>Whether the address is proven (OpenID Connect Core, 5.1).</summary>
    public const string EmailVerifiedClaim = "email_verified";

    /// <summary>The claim of <see cref="GetStashLimit"/>; one for each stash.</summary>
    public const string StashLimitClaim = "stash";
}
