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

    /// <summary>The claim of <see cref="GetStashLimit"/>; one for each stash.</summary>
    public const string StashLimitClaim = "stash";
}
