using PromptStash.Sharing.Contracts;
using PromptStash.Stashes.Access;

namespace PromptStash.Stashes.Files;

/// <summary>Says of files that are read how much is said about them, to those who may read that: one question for a page, however long it is.</summary>
internal sealed class FileComments(StashAccess access, ICommentCounts counts)
{
    private static readonly CommentCounts None = new(0, 0);

    public async Task<List<FileSummary>> AddAsync(List<FileSummary> files, CancellationToken cancellationToken)
    {
        var discussed = files.Where(access.Discusses).Select(file => file.Id).ToHashSet();
        if (discussed.Count == 0)
        {
            return files;
        }

        var found = await counts.CountAsync(discussed, access.Reach?.Versions, cancellationToken);

        return files.ConvertAll(file => discussed.Contains(file.Id) ? file with { Comments = found.GetValueOrDefault(file.Id, None) } : file);
    }
}
