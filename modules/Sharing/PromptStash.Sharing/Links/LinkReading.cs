using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Links;

internal static class LinkReading
{
    /// <summary>The text of the file at a path below what the link shows; of the file itself where no path is given or it is its name.</summary>
    public static async Task<FileText?> ReadAsync(this IStashFiles files, OpenedLink link, string? path, CancellationToken cancellationToken)
    {
        var target = link.Target;
        if (target.Kind == TargetKind.File)
        {
            return path is null || path == target.Name
                ? await files.ReadAsync(target, target.Id, link.Pin, link.Accepted, cancellationToken)
                : null;
        }

        return path is not null && await files.FindFileAsync(target, path, cancellationToken) is { } file
            ? await files.ReadAsync(target, file.Id, pin: null, link.Accepted, cancellationToken)
            : null;
    }
}
