using PromptStash.Stashes.Access;

namespace PromptStash.Stashes.Search;

/// <summary>Where a search looks.</summary>
/// <param name="Owners">Whose files.</param>
/// <param name="Stashes">Only those in these stashes; null for all of the owners'.</param>
/// <param name="Given">Only what of these stashes is shared with who searches; null where it is all theirs.</param>
internal sealed record SearchScope(Guid[] Owners, Guid[]? Stashes, GivenFiles? Given)
{
    public static SearchScope Own(Guid userId, Guid[]? stashes) => new([userId], stashes, Given: null);

    /// <summary>A stash of somebody else.</summary>
    public static SearchScope Of(Reach reach) => new(
        [reach.OwnerId],
        [reach.StashId],
        reach.Part is { } part ? new GivenFiles([], part.Folders, part.Files) : new GivenFiles([reach.StashId], [], []));

    /// <summary>Everything that others share.</summary>
    public static SearchScope Of(SharedFiles shared) => new(shared.Owners, shared.InStashes, shared.Files);
}
