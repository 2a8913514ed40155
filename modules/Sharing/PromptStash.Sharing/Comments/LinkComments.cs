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

    /// <summary>
    /// The only version that a link shows of a file, in a list; null where it shows all. Empty when it shows none: its label is gone.
    /// </summary>
    public static async Task<IReadOnlyList<int>?> VersionsOfAsync(this IStashFiles files, OpenedLink link, Guid fileId, CancellationToken cancellationToken) =>
        link.Pin is null ? null
        : link.Pin.Version is { } version ? [version]
        : await files.ReadAsync(link.Target, fileId, link.Pin, accepted: null, cancellationToken) is { } text ? [text.Version]
        : [];
}
