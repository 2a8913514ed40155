using System.Data.Common;

namespace PromptStash.Sharing.Contracts;

/// <summary>
/// What people have been given. Asked at every use, so that a grant which is over is over with the next request. A person's grants are those
/// made to their user id, and those made to an e-mail address that is proven to be theirs.
/// </summary>
public interface IFileGrants
{
    /// <summary>Everything that is shared with a user: one query, whatever it is.</summary>
    Task<IReadOnlyList<FileGrant>> ListAsync(Guid userId, CancellationToken cancellationToken);

    /// <summary>What of these files, folders and stashes is shared with a user, by their ids.</summary>
    Task<IReadOnlyList<FileGrant>> FindAsync(Guid userId, IReadOnlyCollection<Guid> targetIds, CancellationToken cancellationToken);

    /// <summary>
    /// Reads grants again and holds them (<c>FOR SHARE</c>) until the caller's transaction ends: who takes one back waits that long, and a
    /// write that comes after them finds it gone. On the caller's own connection, because a request that holds one and waits for a second
    /// waits for ever once all others do the same.
    /// </summary>
    /// <param name="grantIds">The ids of grants that were found before.</param>
    /// <param name="transaction">The transaction under way.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that still hold, with what they allow now.</returns>
    Task<IReadOnlyList<FileGrant>> HoldAsync(IReadOnlyCollection<Guid> grantIds, DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Tells what grants were used for, once it was: their logs have a line for every write, and one an hour for reading.
    /// </summary>
    /// <param name="userId">By whom.</param>
    /// <param name="grantIds">The grants.</param>
    /// <param name="writes">Whether something was written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task NoteUseAsync(Guid userId, IReadOnlyCollection<Guid> grantIds, bool writes, CancellationToken cancellationToken);
}

/// <summary>Something that is shared with a person.</summary>
/// <param name="Id">The share.</param>
/// <param name="TargetId">The file, folder or stash.</param>
/// <param name="Permission">What it allows.</param>
/// <param name="PinVersion">The only version that it shows.</param>
/// <param name="PinLabel">The label whose version is the only one that it shows.</param>
/// <param name="IsNoted">Whether its log says already that it is being read: to tell of another read would change nothing.</param>
public sealed record FileGrant(Guid Id, Guid TargetId, GrantLevel Permission, int? PinVersion, string? PinLabel, bool IsNoted = false)
{
    /// <summary>Whether it shows one version only.</summary>
    public bool IsPinned => PinVersion is not null || PinLabel is not null;
}

/// <summary>What a grant allows; what is greater allows all that is less.</summary>
public enum GrantLevel
{
    /// <summary>Read.</summary>
    View,

    /// <summary>Read and discuss.</summary>
    Comment,

    /// <summary>Read, discuss and write.</summary>
    Edit,
}
