using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Access;

/// <summary>The one place that knows who may read and discuss a file: its owner, and those with whom it, a folder that it is in or its stash is shared.</summary>
internal sealed class AccessibleFiles(IStashFiles files)
{
    /// <summary>The file to discuss; null when it is not there, or not for this user.</summary>
    /// <exception cref="NotPermittedException">The user sees the file, and may not discuss it.</exception>
    public async Task<SharedTarget?> FindAsync(Guid fileId, Guid userId, CancellationToken cancellationToken) =>
        (await FindToCommentAsync(fileId, userId, cancellationToken))?.File;

    /// <summary>The same, with what the user may do and sees of it.</summary>
    /// <exception cref="NotPermittedException">The user sees the file, and may not discuss it.</exception>
    public async Task<AccessibleFile?> FindToCommentAsync(Guid fileId, Guid userId, CancellationToken cancellationToken) =>
        await FindToReadAsync(fileId, userId, cancellationToken) switch
        {
            { MayComment: false } => throw new NotPermittedException(),
            var file => file,
        };

    /// <summary>The file to read; null when it is not there, or not for this user.</summary>
    public Task<AccessibleFile?> FindToReadAsync(Guid fileId, Guid userId, CancellationToken cancellationToken) =>
        files.FindAccessibleAsync(fileId, userId, cancellationToken);
}
