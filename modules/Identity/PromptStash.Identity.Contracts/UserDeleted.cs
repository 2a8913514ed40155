namespace PromptStash.Identity.Contracts;

/// <summary>An account is gone. Whatever a module holds for it goes too.</summary>
/// <param name="UserId">Whose it was.</param>
/// <param name="VerifiedEmail">Its address, if that was proven to be theirs. Not in messages of older versions.</param>
/// <param name="DeletedAt">When it went: whoever proves the same address later is somebody else. Not in messages of older versions.</param>
public sealed record UserDeleted(Guid UserId, string? VerifiedEmail = null, DateTimeOffset? DeletedAt = null)
{
    /// <summary>The wire name.</summary>
    public const string Type = "identity.user-deleted.v1";
}
