namespace PromptStash.Stashes.Data;

/// <summary>
/// That a statement left files in a stash whose findings have to be found out (again); written by a trigger. An index of such files would do,
/// too, but every file that moves would have to be written into it, and whatever the check writes into all the others again.
/// </summary>
internal sealed class CheckDue
{
    public long Id { get; init; }
    public required Guid StashId { get; init; }
}
