using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Access;

/// <summary>The one place that knows who may read and discuss a file: its owner.</summary>
internal sealed class AccessibleFiles(IStashFiles files)
{
    /// <summary>The file; null when it is not there, or not for this user.</summary>
    public async Task<SharedTarget?> FindAsync(Guid fileId, Guid userId, CancellationToken cancellationToken) =>
        await files.FindTargetAsync(TargetKind.File, fileId, cancellationToken) is { } file && file.OwnerId == userId ? file : null;
}
