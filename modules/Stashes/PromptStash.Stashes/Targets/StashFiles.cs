using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PromptStash.Sharing.Contracts;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Transfer;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Targets;

/// <summary>Answers neighbours' questions about what can be shared.</summary>
internal sealed class StashFiles(StashesDbContext db, StashAccess access, ContentStore contents, Proposals proposals) : IStashFiles
{
    /// <summary>How much content is read ahead, in bytes, and of how many files.</summary>
    private const int ReadAheadBytes = 4 * 1024 * 1024;

    private const int MaxReadAheadFiles = 500;

    /// <summary>Zip's first moment: a time of export would make every archive of the same content another one.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task<SharedTarget?> FindTargetAsync(TargetKind kind, Guid id, CancellationToken cancellationToken) =>
        (await FindTargetsAsync([id], cancellationToken)).GetValueOrDefault(id) is { } target && target.Kind == kind ? target : null;

    public async Task<IReadOnlyDictionary<Guid, SharedTarget>> FindTargetsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var rows = await db.Files
            .Where(f => ids.Contains(f.Id) && f.DeletedAt == null && f.Stash.DeletedAt == null)
            .Select(f => new { Kind = TargetKind.File, f.Id, f.StashId, f.Stash.UserId, f.Path, f.Name })
            .Concat(db.Folders
                .Where(f => ids.Contains(f.Id) && f.DeletedAt == null && f.Stash.DeletedAt == null)
                .Select(f => new { Kind = TargetKind.Folder, f.Id, f.StashId, f.Stash.UserId, f.Path, f.Name }))
            .Concat(db.Stashes
                .Where(s => ids.Contains(s.Id) && s.DeletedAt == null)
                .Select(s => new { Kind = TargetKind.Stash, s.Id, StashId = s.Id, s.UserId, Path = "", s.Name }))
            .ToListAsync(cancellationToken);

        return rows.ToDictionary(row => row.Id, row => new SharedTarget(row.Kind, row.Id, row.StashId, row.UserId, row.Path, row.Name));
    }

    public async Task<IReadOnlySet<Guid>> FindKeptAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        (await db.Files.Where(f => ids.Contains(f.Id)).Select(f => f.Id)
            .Concat(db.Folders.Where(f => ids.Contains(f.Id)).Select(f => f.Id))
            .Concat(db.Stashes.Where(s => ids.Contains(s.Id)).Select(s => s.Id))
            .ToListAsync(cancellationToken)).ToHashSet();

    public async Task<AccessibleFile?> FindAccessibleAsync(Guid fileId, Guid userId, CancellationToken cancellationToken)
    {
        if (await FindTargetAsync(TargetKind.File, fileId, cancellationToken) is not { } file)
        {
            return null;
        }

        if (file.OwnerId == userId)
        {
            return new AccessibleFile(file, IsOwner: true, MayComment: true, MayEdit: true, Versions: null, Grants: []);
        }

        return await access.OfFileAsync(userId, fileId, cancellationToken) is { } reach
            ? new AccessibleFile(
                file, IsOwner: false, reach.Permission >= GrantLevel.Comment, reach.Permission == GrantLevel.Edit, reach.Versions,
                [.. reach.Grants.Select(grant => grant.Id)])
            : null;
    }

    public async Task<IReadOnlyList<TargetFile>> ListFilesAsync(SharedTarget target, string? after, int limit, CancellationToken cancellationToken)
    {
        var afterPath = after is null ? null : PrefixOf(target) + after;
        var rows = await FilesOf(target)
#pragma warning disable CA1309 // PostgreSQL compares, and "C" is its ordinal comparison.
            .Where(f => afterPath == null || string.Compare(EF.Functions.Collate(f.Path, "C"), afterPath) > 0)
#pragma warning restore CA1309
            .OrderBy(f => EF.Functions.Collate(f.Path, "C"))
            .Take(limit)
            .Select(f => new { f.Id, f.Path, f.Kind, f.Size, f.Version, f.UpdatedAt })
            .ToListAsync(cancellationToken);

        return rows.ConvertAll(row => new TargetFile(row.Id, Below(target, row.Path), NameOf(row.Kind), row.Size, row.Version, row.UpdatedAt));
    }

    public async Task<TargetFile?> FindFileAsync(SharedTarget target, string path, CancellationToken cancellationToken)
    {
        var fullPath = PrefixOf(target) + path;
        var row = await FilesOf(target)
            .Where(f => f.Path == fullPath)
            .Select(f => new { f.Id, f.Path, f.Kind, f.Size, f.Version, f.UpdatedAt })
            .SingleOrDefaultAsync(cancellationToken);

        return row is null ? null : new TargetFile(row.Id, Below(target, row.Path), NameOf(row.Kind), row.Size, row.Version, row.UpdatedAt);
    }

    public async Task<FileText?> ReadAsync(
        SharedTarget target, Guid fileId, FilePin? pin, IReadOnlyCollection<string>? accepted, CancellationToken cancellationToken)
    {
        var file = await FilesOf(target)
            .Where(f => f.Id == fileId)
            .Select(f => new
            {
                f.Path,
                f.Kind,
                Version = pin == null ? f.Version
                    : pin.Version != null ? pin.Version
                    : f.Labels.Where(l => l.Name == pin.Label).Select(l => (int?)l.Version).SingleOrDefault(),
            })
            .SingleOrDefaultAsync(cancellationToken);
        if (file?.Version is not { } version || await contents.ReadVersionAsync(fileId, version, cancellationToken) is not { } text)
        {
            return null;
        }

        return new FileText(fileId, Below(target, file.Path), version, accepted is null ? text : SecretScan.Mask(file.Path, text, file.Kind, accepted));
    }

    public async Task ExportAsync(
        SharedTarget target, FilePin? pin, IReadOnlyCollection<string>? accepted, Stream output, CancellationToken cancellationToken)
    {
        // ZipArchive writes the end of an entry synchronously, which would block a thread for as long as the client takes its time.
        using var pending = new PendingOutput();
        using (var archive = new ZipArchive(pending, ZipArchiveMode.Create, leaveOpen: true))
        {
            await foreach (var text in ReadAllAsync(target, pin, accepted, cancellationToken))
            {
                var entry = archive.CreateEntry(text.Path, CompressionLevel.Optimal);
                entry.LastWriteTime = Epoch;
                using (var stream = entry.Open())
                {
                    stream.Write(Encoding.UTF8.GetBytes(text.Text));
                }

                await pending.MoveToAsync(output, cancellationToken);
            }
        }

        await pending.MoveToAsync(output, cancellationToken);
    }

    private async IAsyncEnumerable<FileText> ReadAllAsync(
        SharedTarget target, FilePin? pin, IReadOnlyCollection<string>? accepted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (pin is not null)
        {
            if (await ReadAsync(target, target.Id, pin, accepted, cancellationToken) is { } pinned)
            {
                yield return pinned;
            }

            yield break;
        }

        // One statement sees one moment; versions never change, so their texts can be read at the reader's pace.
        var files = await FilesOf(target)
            .OrderBy(f => EF.Functions.Collate(f.Path, "C"))
            .Select(f => new FileToRead(f.Id, f.Path, f.Kind, f.Version, f.ContentHash, f.Size))
            .ToListAsync(cancellationToken);
        for (var start = 0; start < files.Count;)
        {
            var end = EndOfBatch(files, start);
            var batch = files[start..end];
            var texts = await contents.ReadManyAsync(target.OwnerId, batch.Select(file => file.Hash), cancellationToken);
            foreach (var file in batch)
            {
                // Purged for good in the meantime: whoever reads all must not take less for everything.
                var text = texts.GetValueOrDefault(Convert.ToHexString(file.Hash)) ?? throw new InvalidOperationException("A file was purged while it was read.");

                yield return new FileText(
                    file.Id, Below(target, file.Path), file.Version, accepted is null ? text : SecretScan.Mask(file.Path, text, file.Kind, accepted));
            }

            start = end;
        }
    }

    public async Task<IReadOnlyList<SecretFinding>> FindSecretsAsync(
        SharedTarget target, FilePin? pin, IReadOnlyCollection<string> accepted, int limit, CancellationToken cancellationToken)
    {
        if (pin is not null)
        {
            var kind = await FilesOf(target).Select(f => (FileKind?)f.Kind).SingleOrDefaultAsync(cancellationToken);

            return await ReadAsync(target, target.Id, pin, accepted: null, cancellationToken) is { } pinned
                ? [.. FindingsIn(target, target.Id, target.Path, pinned.Text, kind, accepted).Take(limit)]
                : [];
        }

        var findings = new List<SecretFinding>();
        var suspects = FilesOf(target)
            .ThatMayHoldSecrets()
            .OrderBy(f => f.Id)
            .Select(f => new { f.Id, f.Path, f.Kind, f.Content })
            .AsAsyncEnumerable();
        await foreach (var file in suspects.WithCancellation(cancellationToken))
        {
            findings.AddRange(FindingsIn(target, file.Id, file.Path, file.Content, file.Kind, accepted).Take(limit - findings.Count));
            if (findings.Count == limit)
            {
                break;
            }
        }

        return findings;
    }

    public bool IsSecretCode(string code) => SecretScan.Codes.Contains(code);

    public string? ErrorIn(string text) => proposals.ErrorIn(text);

    public Task<string?> CompareAsync(SharedTarget file, int? version, string text, CancellationToken cancellationToken) =>
        proposals.CompareAsync(file, version, text, cancellationToken);

    public async Task<string?> UnmaskAsync(
        SharedTarget target, Guid fileId, int version, IReadOnlyCollection<string> accepted, string text, CancellationToken cancellationToken)
    {
        var file = await FilesOf(target).Where(f => f.Id == fileId).Select(f => new { f.Path, f.Kind }).SingleOrDefaultAsync(cancellationToken);
        if (file is null || await contents.ReadVersionAsync(fileId, version, cancellationToken) is not { } stored)
        {
            return text;
        }

        var shown = SecretScan.Mask(file.Path, stored, file.Kind, accepted);
        if (shown == stored)
        {
            return text;
        }

        // Whoever writes into a masked line is refused whatever they write: merged with the secret itself, a right guess would be no change. So
        // the text is first merged with one that holds in place of each secret what nobody can guess.
        var decoy = RandomNumberGenerator.GetHexString(32);
        var masked = SecretScan.Mask(file.Path, stored, file.Kind, accepted, _ => decoy);

        return proposals.Merge(shown, masked, text)?.Text is null ? null : proposals.Merge(shown, stored, text)?.Text;
    }

    public Task<ProposalResult?> ApplyAsync(
        SharedTarget file, Guid proposalId, Guid author, int baseVersion, string text, string? message, CancellationToken cancellationToken) =>
        proposals.ApplyAsync(file, proposalId, author, baseVersion, text, message, cancellationToken);

    public Task<int?> FindAppliedAsync(Guid proposalId, CancellationToken cancellationToken) => proposals.FindAsync(proposalId, cancellationToken);

    private static IEnumerable<SecretFinding> FindingsIn(
        SharedTarget target, Guid fileId, string path, string text, FileKind? kind, IReadOnlyCollection<string> accepted) =>
        SecretScan.Find(path, text, kind)
            .Where(finding => !accepted.Contains(finding.Code))
            .Select(finding => new SecretFinding(fileId, Below(target, path), finding.Code, finding.Message, finding.Line, finding.Column));

    private IQueryable<StashFile> FilesOf(SharedTarget target)
    {
        var live = db.Files.Where(f => f.StashId == target.StashId && f.DeletedAt == null && f.Stash.DeletedAt == null);

        // '0' follows '/' in the order of "C": what lies between is what lies below the folder, and an index holds it in one place.
        var (from, to) = (target.Path + "/", target.Path + "0");

        return target.Kind switch
        {
            TargetKind.File => live.Where(f => f.Id == target.Id),
#pragma warning disable CA1309
            TargetKind.Folder => live.Where(f =>
                string.Compare(EF.Functions.Collate(f.Path, "C"), from) > 0 && string.Compare(EF.Functions.Collate(f.Path, "C"), to) < 0),
#pragma warning restore CA1309
            _ => live,
        };
    }

    /// <summary>What stands before the paths of a target's files: nobody who sees a folder is told where it lies.</summary>
    private static string PrefixOf(SharedTarget target) => target.Kind switch
    {
        TargetKind.File => target.Path[..^target.Name.Length],
        TargetKind.Folder => target.Path + "/",
        _ => "",
    };

    private static string Below(SharedTarget target, string path) => path[PrefixOf(target).Length..];

    private static string NameOf(FileKind kind) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(kind.ToString());

    private static int EndOfBatch(List<FileToRead> files, int start)
    {
        long bytes = files[start].Size;
        var end = start + 1;
        while (end < files.Count && end - start < MaxReadAheadFiles && bytes + files[end].Size <= ReadAheadBytes)
        {
            bytes += files[end++].Size;
        }

        return end;
    }

    private sealed record FileToRead(Guid Id, string Path, FileKind Kind, int Version, byte[] Hash, int Size);
}
