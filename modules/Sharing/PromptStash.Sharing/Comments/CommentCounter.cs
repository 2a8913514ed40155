using PromptStash.Sharing.Contracts;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Comments;

/// <summary>Answers neighbours' question how much is said about files.</summary>
internal sealed class CommentCounter(SharingDbContext db) : ICommentCounts
{
    public async Task<IReadOnlyDictionary<Guid, CommentCounts>> CountAsync(
        IReadOnlyCollection<Guid> fileIds, IReadOnlyCollection<int>? versions, CancellationToken cancellationToken) =>
        await db.Comments
            .Where(c => fileIds.Contains(c.FileId) && (versions == null || versions.Contains(c.Version)))
            .GroupBy(c => c.FileId)
            .Select(file => new { file.Key, Total = file.Count(c => c.DeletedAt == null), Open = file.Count(c => c.ParentId == null && c.ResolvedAt == null) })
            .ToDictionaryAsync(file => file.Key, file => new CommentCounts(file.Total, file.Open), cancellationToken);
}
