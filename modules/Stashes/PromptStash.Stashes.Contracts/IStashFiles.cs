namespace PromptStash.Stashes.Contracts;

/// <summary>
/// What a neighbour may know of stashes, folders and files. Asked at every use: what is in the trash, or in something that is, is not there,
/// from the moment on that it was thrown away. Whoever asks has seen to it that the answer may be given.
/// </summary>
public interface IStashFiles
{
    /// <summary>What this is; null when it is not there.</summary>
    Task<SharedTarget?> FindTargetAsync(TargetKind kind, Guid id, CancellationToken cancellationToken);

    /// <summary>What these are, by id; what is not there is left out.</summary>
    Task<IReadOnlyDictionary<Guid, SharedTarget>> FindTargetsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Which of these files, folders and stashes there are, those in the trash included: what is not among them never comes back.</summary>
    Task<IReadOnlySet<Guid>> FindKeptAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>
    /// A file that a user may read: their own, or one that is shared with them by itself, with a folder that it is in, or with its stash.
    /// Null when it is not there, or not for them.
    /// </summary>
    Task<AccessibleFile?> FindAccessibleAsync(Guid fileId, Guid userId, CancellationToken cancellationToken);

    /// <summary>The files of a target in the order of their paths: at most <paramref name="limit"/>, those after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<TargetFile>> ListFilesAsync(SharedTarget target, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>The file at a path below the target; null when there is none.</summary>
    Task<TargetFile?> FindFileAsync(SharedTarget target, string path, CancellationToken cancellationToken);

    /// <summary>The text of a file of the target, as it is now or at a pin; null when there is no such file or version.</summary>
    /// <param name="target">What the file must be in.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="pin">The version or label; null for the newest version.</param>
    /// <param name="accepted">Codes of secret findings that are served as they are, all others being masked; null to mask nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<FileText?> ReadAsync(
        SharedTarget target, Guid fileId, FilePin? pin, IReadOnlyCollection<string>? accepted, CancellationToken cancellationToken);

    /// <summary>
    /// Writes all files of a target into a zip archive, as they are at one moment, in the order of their paths and with those below the target.
    /// </summary>
    /// <param name="target">What to write.</param>
    /// <param name="pin">The version or label of a file; null for the newest version.</param>
    /// <param name="accepted">As in <see cref="ReadAsync"/>.</param>
    /// <param name="output">Where to; it is only ever written to asynchronously.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task ExportAsync(
        SharedTarget target, FilePin? pin, IReadOnlyCollection<string>? accepted, Stream output, CancellationToken cancellationToken);

    /// <summary>The secrets in a target's files that are not accepted: at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<SecretFinding>> FindSecretsAsync(
        SharedTarget target, FilePin? pin, IReadOnlyCollection<string> accepted, int limit, CancellationToken cancellationToken);

    /// <summary>Whether a finding of this code is a secret, such as <c>secret-github-token</c>.</summary>
    bool IsSecretCode(string code);

    /// <summary>Why no file can hold a text; null when one can.</summary>
    string? ErrorIn(string text);

    /// <summary>
    /// What differs between a version of a file and a text, in the unified format; empty when nothing does, null when one of them is too long
    /// to compare or the file has no such version.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="version">The version; null for the newest.</param>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<string?> CompareAsync(SharedTarget file, int? version, string text, CancellationToken cancellationToken);

    /// <summary>
    /// Puts the secrets back into a text that was written over a version in which they are masked; null when it changes lines that hold one, or
    /// is too long for that.
    /// </summary>
    /// <param name="target">What the file is in.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="version">The version that was read.</param>
    /// <param name="accepted">What was not masked in it, as in <see cref="ReadAsync"/>.</param>
    /// <param name="text">What was made of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<string?> UnmaskAsync(
        SharedTarget target, Guid fileId, int version, IReadOnlyCollection<string> accepted, string text, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a proposed text the newest version of a file, merged with what was written since its base. Once for each proposal: the version
    /// has the proposal's id, so a repetition finds what is there. Null when the file or the base is not there.
    /// </summary>
    /// <param name="file">The file; the caller has seen to it that its owner wants this.</param>
    /// <param name="proposalId">The proposal.</param>
    /// <param name="author">The user whose version it is.</param>
    /// <param name="baseVersion">The version that the author began with.</param>
    /// <param name="text">What the author made of it.</param>
    /// <param name="message">Why, at most 500 characters.</param>
    /// <param name="cancellationToken">Gives up; what is not committed is undone.</param>
    Task<ProposalResult?> ApplyAsync(
        SharedTarget file, Guid proposalId, Guid author, int baseVersion, string text, string? message, CancellationToken cancellationToken);

    /// <summary>The version that a proposal became; null when it became none.</summary>
    Task<int?> FindAppliedAsync(Guid proposalId, CancellationToken cancellationToken);
}
