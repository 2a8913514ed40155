namespace PromptStash.Stashes.Contracts;

/// <summary>A file, folder or stash that is there.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Id">Its id.</param>
/// <param name="StashId">The stash that it is in, or is.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="Path">Its path inside the stash; empty for the stash itself.</param>
/// <param name="Name">The last segment of the path, or the stash's name.</param>
public sealed record SharedTarget(TargetKind Kind, Guid Id, Guid StashId, Guid OwnerId, string Path, string Name);

/// <summary>A file, and what a user may do with it besides reading it.</summary>
/// <param name="File">The file.</param>
/// <param name="IsOwner">Whether it is theirs.</param>
/// <param name="MayComment">Whether they may discuss it.</param>
/// <param name="MayEdit">Whether they may write to it.</param>
/// <param name="Versions">The only versions that they see; null for all.</param>
/// <param name="Grants">The shares that let them to it; none where it is theirs.</param>
public sealed record AccessibleFile(
    SharedTarget File, bool IsOwner, bool MayComment, bool MayEdit, IReadOnlyList<int>? Versions, IReadOnlyList<Guid> Grants)
{
    /// <summary>Whether they see a version.</summary>
    public bool Shows(int version) => Versions?.Contains(version) != false;
}

/// <summary>A file of a target.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Path">Its path below the target; its name where the file is the target.</param>
/// <param name="Kind">What it is, such as <c>AGENT</c>.</param>
/// <param name="Size">Bytes in UTF-8.</param>
/// <param name="Version">The number of its current version, counted from 1.</param>
/// <param name="UpdatedAt">When it was last written.</param>
public sealed record TargetFile(Guid Id, string Path, string Kind, int Size, int Version, DateTimeOffset UpdatedAt);

/// <summary>A version of a file, by its number or by a label that may be moved; one of the two.</summary>
/// <param name="Version">Counted from 1.</param>
/// <param name="Label">Such as <c>stable</c>.</param>
public sealed record FilePin(int? Version, string? Label);

/// <summary>What a file holds at a version.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Path">Its path below the target that it was read in.</param>
/// <param name="Version">The version.</param>
/// <param name="Text">The text, masked if that was asked for.</param>
public sealed record FileText(Guid FileId, string Path, int Version, string Text);

/// <summary>A secret in a file. What it is, is never repeated.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Path">Its path below the target.</param>
/// <param name="Code">The code of the finding, such as <c>secret-github-token</c>.</param>
/// <param name="Message">What is there.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1, in UTF-16 units.</param>
public sealed record SecretFinding(Guid FileId, string Path, string Code, string Message, int Line, int Column);
