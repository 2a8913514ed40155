namespace PromptStash.Stashes.Data;

/// <summary>
/// By how much a statement changed how much text an owner's files hold; written by triggers. Beside <see cref="UsageChange"/>, and not in it:
/// the program before this one sums those rows up, and would lose what it does not know.
/// </summary>
internal sealed class TextChange
{
    public long Id { get; init; }
    public required Guid OwnerId { get; init; }

    /// <summary>Of the newest texts of all files, those of the trash too; a text counts as often as it is there.</summary>
    public required long Bytes { get; init; }
}
