using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Transfer;

/// <summary>What of a stash is exported.</summary>
/// <param name="FileIds">These files,</param>
/// <param name="FolderIds">and what is in these folders. With neither, everything.</param>
/// <param name="Metadata">With promptstash.json.</param>
/// <param name="History">With the old versions, too.</param>
internal sealed record ExportChoice(IReadOnlyCollection<Guid> FileIds, IReadOnlyCollection<Guid> FolderIds, bool Metadata, bool History)
{
    public bool IsEverything => FileIds.Count == 0 && FolderIds.Count == 0;
}

/// <summary>What came of planning an export: it, or why not. Both null: the caller has no such stash, file or folder.</summary>
internal sealed record PlannedExport(Export? Export, string? Refusal)
{
    public static readonly PlannedExport NotFound = new(null, null);
}

/// <summary>Finds out what an archive is to hold.</summary>
internal sealed class ExportPlanner(StashesDbContext db, StashAccess access, IOptions<StashesOptions> options)
{
    public async Task<PlannedExport> PlanAsync(Guid stashId, ClaimsPrincipal user, ExportChoice choice, CancellationToken cancellationToken)
    {
        var stash = await access.StashesOf(user).Where(s => s.Id == stashId).Select(s => new ArchivedStash(s.Name, s.Scope, s.Description)).SingleOrDefaultAsync(cancellationToken);
        if (stash is null)
        {
            return PlannedExport.NotFound;
        }

        // One statement sees one moment of the stash. Versions never change, so their contents can be read at the client's pace
        // afterwards, without a transaction that stays open as long as a slow download takes.
        var files = await access.FilesOf(user)
            .Where(f => f.StashId == stashId)
            .OrderBy(f => EF.Functions.Collate(f.Path, "C"))
            .Select(f => new PlannedFile(f.Id, f.Path, f.ContentHash, f.Size, f.Kind, f.Version))
            .ToListAsync(cancellationToken);
        var folders = await access.FoldersOf(user)
            .Where(f => f.StashId == stashId)
            .Select(f => new PlannedFolder(f.Id, f.Path))
            .ToListAsync(cancellationToken);
        if (choice.FileIds.Except(files.Select(file => file.Id)).Any() || choice.FolderIds.Except(folders.Select(folder => folder.Id)).Any())
        {
            return PlannedExport.NotFound;
        }

        var taken = files.Select(file => file.Path).Concat(folders.Select(folder => folder.Path)).Select(StashPath.ParentOf).ToHashSet(StringComparer.Ordinal);
        if (!choice.IsEverything)
        {
            var roots = folders.Where(folder => choice.FolderIds.Contains(folder.Id)).Select(folder => folder.Path + "/").ToList();
            files.RemoveAll(file => !choice.FileIds.Contains(file.Id) && !roots.Exists(root => file.Path.StartsWith(root, StringComparison.Ordinal)));
            folders.RemoveAll(folder => !roots.Exists(root => (folder.Path + "/").StartsWith(root, StringComparison.Ordinal)));
        }

        var emptyFolders = folders.Select(folder => folder.Path).Where(path => !taken.Contains(path)).ToList();
        var texts = files.ConvertAll(file => new ExportedText(file.Path, file.Hash, file.Size));
        if (!choice.Metadata && !choice.History)
        {
            return new PlannedExport(new Export(stash.Name, access.OwnerOf(user), texts, emptyFolders, Metadata: null), Refusal: null);
        }

        if (files.Find(file => ArchiveMetadata.Reserves(file.Path)) is { } inTheWay)
        {
            return new PlannedExport(null, $"The stash has a file at '{inTheWay.Path}', which is the metadata's place in an archive. Export without metadata, or rename it.");
        }

        var own = access.OwnerOf(user) == user.GetUserId() ? stash : null;

        return await DescribeAsync(new Export(stash.Name, access.OwnerOf(user), texts, emptyFolders, Metadata: null), own, files, choice.History, cancellationToken);
    }

    private async Task<PlannedExport> DescribeAsync(Export export, ArchivedStash? stash, List<PlannedFile> files, bool history, CancellationToken cancellationToken)
    {
        // An import takes no more, and all of it is in memory here.
        var most = options.Value.MaxArchiveEntries;
        var ids = files.Select(file => file.Id).ToArray();
        var versions = await db.FileVersions
            .Where(v => ids.Contains(v.FileId) && (history || v.Version == v.File.Version))
            .OrderBy(v => v.FileId).ThenBy(v => v.Version)
            .Take(most + 1)
            .Select(v => new PlannedVersion(v.FileId, v.Version, v.ContentHash, v.Size, v.Message, v.CreatedBy, v.CreatedAt))
            .ToListAsync(cancellationToken);
        if (versions.Count > most)
        {
            return new PlannedExport(null, $"There are more than {most} versions, which is what an archive may hold. Export folder by folder.");
        }

        var labels = (await db.FileLabels.Where(l => ids.Contains(l.FileId)).Select(l => new { l.FileId, l.Name, l.Version }).ToListAsync(cancellationToken))
            .ToLookup(label => label.FileId, label => new ArchivedLabel(label.Name, label.Version));
        var tags = await db.FileTags.Where(t => ids.Contains(t.FileId)).Select(t => new { t.FileId, t.Tag.Name, t.Tag.Color }).ToListAsync(cancellationToken);
        var tagsOf = tags.ToLookup(tag => tag.FileId, tag => tag.Name);
        var versionsOf = versions.ToLookup(version => version.FileId);
        var metadata = new ArchiveMetadata(
            ArchiveMetadata.FormatName,
            ArchiveMetadata.CurrentFormatVersion,
            [.. tags.Select(tag => new ArchiveTag(tag.Name, tag.Color)).Distinct().OrderBy(tag => tag.Name, StringComparer.Ordinal)],
            files.ConvertAll(file => Describe(file, [.. versionsOf[file.Id].Where(v => v.Version <= file.Version)], tagsOf[file.Id], labels[file.Id], history)),
            stash);
        var json = metadata.ToUtf8Json();
        if (json.Length > options.Value.MaxMetadataBytes)
        {
            return new PlannedExport(
                null, $"{ArchiveMetadata.Path} would have more than {options.Value.MaxMetadataBytes} bytes, which an import does not take. Export folder by folder.");
        }

        var texts = history ? [.. export.Texts, .. HistoryOf(versions, files)] : export.Texts;

        return new PlannedExport(export with { Metadata = json, Texts = texts }, Refusal: null);
    }

    private static ArchivedFile Describe(
        PlannedFile file, List<PlannedVersion> versions, IEnumerable<string> tags, IEnumerable<ArchivedLabel> labels, bool history) => new(
        file.Path,
        file.Kind,
        versions.Find(version => version.Version == file.Version)?.Message,
        [.. tags.Order(StringComparer.Ordinal)],
        [.. labels.Where(label => versions.Exists(version => version.Version == label.Version)).OrderBy(label => label.Name, StringComparer.Ordinal)],
        history ? versions.ConvertAll(v => new ArchivedVersion(v.Version, Convert.ToHexStringLower(v.Hash), v.Message, v.CreatedBy, v.CreatedAt)) : null);

    /// <summary>The texts that no file has now.</summary>
    private static IEnumerable<ExportedText> HistoryOf(List<PlannedVersion> versions, List<PlannedFile> files)
    {
        var current = files.Select(file => Convert.ToHexStringLower(file.Hash)).ToHashSet(StringComparer.Ordinal);

        return versions
            .Select(version => (Name: Convert.ToHexStringLower(version.Hash), version))
            .Where(text => !current.Contains(text.Name))
            .DistinctBy(text => text.Name)
            .OrderBy(text => text.Name, StringComparer.Ordinal)
            .Select(text => new ExportedText(ArchiveMetadata.HistoryFolder + text.Name, text.version.Hash, text.version.Size));
    }

    private sealed record PlannedFile(Guid Id, string Path, byte[] Hash, int Size, FileKind Kind, int Version);

    private sealed record PlannedFolder(Guid Id, string Path);

    private sealed record PlannedVersion(Guid FileId, int Version, byte[] Hash, int Size, string? Message, Guid CreatedBy, DateTimeOffset CreatedAt);
}
