namespace PromptStash.Identity.Contracts;

/// <summary>An account is gone. Whatever a module holds for it goes too.</summary>
/// <param name="UserId">Whose it was.</param>
public sealed record UserDeleted(Guid UserId)
{
    /// <summary>The wire name.</summary>
    public const string Type = "identity.user-deleted.v1";
}
