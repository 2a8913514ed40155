using Microsoft.Extensions.Options;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Access;

/// <summary>
/// The one place that knows who may read and discuss a file: its owner, and those with whom it, a folder that it is in or its stash is shared.
/// What the request used of that is noted once it has succeeded.
/// </summary>
internal sealed class AccessibleFiles(IStashFiles files, SharingDbContext db, IOptions<SharingOptions> options, TimeProvider time)
{
    private IReadOnlyList<Guid> _grants = [];
    private string _action = ShareActions.Read;

    /// <summary>The file to discuss; null when it is not there, or not for this user.</summary>
    /// <exception cref="NotPermittedException">The user sees the file, and may not discuss it.</exception>
    public async Task<AccessibleFile?> FindToCommentAsync(Guid fileId, Guid userId, CancellationToken cancellationToken) =>
        await FindToReadAsync(fileId, userId, cancellationToken) switch
        {
            { MayComment: false } => throw new NotPermittedException(),
            var file => file,
        };

    /// <summary>The file to read; null when it is not there, or not for this user.</summary>
    public async Task<AccessibleFile?> FindToReadAsync(Guid fileId, Guid userId, CancellationToken cancellationToken)
    {
        var file = await files.FindAccessibleAsync(fileId, userId, cancellationToken);
        _grants = file?.Grants ?? [];

        return file;
    }

    /// <summary>Says that the request writes.</summary>
    public void UseFor(string action) => _action = action;

    /// <summary>Notes what the request, which is done, used of what its sender was given.</summary>
    public async Task NoteUseAsync(Guid userId, CancellationToken cancellationToken)
    {
        if (_grants.Count > 0)
        {
            await db.NoteUseAsync(_grants, userId, _action, time.GetUtcNow(), options.Value.ReadLogInterval, cancellationToken);
        }
    }
}
