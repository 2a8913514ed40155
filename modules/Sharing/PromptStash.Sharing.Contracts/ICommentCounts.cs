namespace PromptStash.Sharing.Contracts;

/// <summary>How much is said about files. Who may know is for the asker to say.</summary>
public interface ICommentCounts
{
    /// <summary>Counts the comments on these files, of all their versions or of some: one query, however many files. A file without comments is not in the answer.</summary>
    Task<IReadOnlyDictionary<Guid, CommentCounts>> CountAsync(
        IReadOnlyCollection<Guid> fileIds, IReadOnlyCollection<int>? versions, CancellationToken cancellationToken);
}

/// <summary>How many comments a file has.</summary>
/// <param name="Total">All, answers too.</param>
/// <param name="Open">The threads that nobody has settled.</param>
public sealed record CommentCounts(int Total, int Open);
