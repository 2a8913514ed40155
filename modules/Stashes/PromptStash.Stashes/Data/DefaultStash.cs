namespace PromptStash.Stashes.Data;

/// <summary>
/// Says that a user was given the default stash, whatever has become of it since: not even one who has purged it is given another. The row ends
/// with the account.
/// </summary>
internal sealed class DefaultStash
{
    public required Guid UserId { get; init; }
}
