using PromptStash.Sharing.Links;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Comments;

internal static class LinkComments
{
    /// <summary>The file below what a link shows that a comment is on; null when there is none.</summary>
    public static async Task<Guid?> FileOfAsync(this IStashFiles files, OpenedLink link, string? path, CancellationToken cancellationToken)
    {
        if (link.Target.Kind == TargetKind.File)
        {
            return path is null || path == link.Target.Name ? link.Target.Id : null;
        }

        return path is null ? null : (await files.FindFileAsync(link.Target, path, cancellationToken))?.Id;
    }
}
