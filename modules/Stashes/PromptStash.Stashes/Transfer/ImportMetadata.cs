using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Tags;

namespace PromptStash.Stashes.Transfer;

/// <summary>One text that a file gets, in the order of its history.</summary>
/// <param name="Source">Where it lies in the archive.</param>
/// <param name="Sha256">What it has to be; null where it may be anything.</param>
/// <param name="Message">Why, in the author's words.</param>
internal sealed record ImportStep(ArchiveFile Source, string? Sha256, string? Message);

/// <summary>What an archive's metadata means for its files. Without metadata, every file has one step and nothing else.</summary>
internal sealed class ImportMetadata
{
    private const string Reserved = "In an archive with metadata, this place is the metadata's.";

    private readonly ArchiveMetadata? _metadata;
    private readonly Dictionary<string, ArchivedFile> _files;
    private readonly Dictionary<string, ArchiveFile> _texts = new(StringComparer.Ordinal);

    private ImportMetadata(ArchiveReader archive, ArchiveFile? source, ArchiveMetadata? metadata)
    {
        _metadata = metadata;
        _files = (metadata?.Files ?? []).DistinctBy(file => file.Path, StringComparer.Ordinal).ToDictionary(file => file.Path, StringComparer.Ordinal);
        Files = metadata is null ? archive.Files : archive.Files.FindAll(file => !ArchiveMetadata.Reserves(file.Path));
        Folders = metadata is null ? archive.Folders : archive.Folders.FindAll(folder => !ArchiveMetadata.Reserves(folder + "/"));
        if (metadata is null)
        {
            return;
        }

        foreach (var file in archive.Files.Where(file => ArchiveMetadata.Reserves(file.Path)))
        {
            if (ArchiveMetadata.IsHistory(file.Path, out var sha256))
            {
                _texts.TryAdd(sha256, file);
            }
            else if (!ReferenceEquals(file, source))
            {
                Skipped.Add(new SkippedEntry(file.Path, Reserved));
            }
        }

        Skipped.AddRange(archive.Folders
            .Where(folder => ArchiveMetadata.Reserves(folder + "/") && !ArchiveMetadata.HistoryFolder.StartsWith(folder + "/", StringComparison.Ordinal))
            .Select(folder => new SkippedEntry(folder + "/", Reserved)));

        // A text that a file has now is in the archive once, as that file.
        foreach (var file in Files)
        {
            if (_files.GetValueOrDefault(file.Path)?.Versions is { Count: > 0 } versions)
            {
                _texts.TryAdd(versions[^1].Sha256, file);
            }
        }
    }

    /// <summary>The files to import, and the folders that have an entry of their own: without what the metadata is made of.</summary>
    public List<ArchiveFile> Files { get; }

    public List<string> Folders { get; }

    /// <summary>What is left out because it stands where only metadata and history do, and is neither.</summary>
    public List<SkippedEntry> Skipped { get; } = [];

    /// <summary>Reads the archive's metadata, if it has any.</summary>
    /// <exception cref="ArchiveException">It breaks its rules.</exception>
    public static ImportMetadata Read(ArchiveReader archive, StashesOptions limits)
    {
        var file = archive.Files.Find(file => file.Path == ArchiveMetadata.Path);
        if (file is null)
        {
            return new ImportMetadata(archive, source: null, metadata: null);
        }

        return archive.TryReadBytes(file, limits.MaxMetadataBytes, out var utf8)
            ? new ImportMetadata(archive, file, ArchiveMetadata.Parse(utf8, limits))
            : throw ArchiveMetadata.Bad($"there are more than the {limits.MaxMetadataBytes} bytes that metadata may have");
    }

    /// <summary>What its owner says that a file is; null where nobody says anything.</summary>
    public FileKind? KindOf(ArchiveFile file) => _files.GetValueOrDefault(file.Path)?.Kind;

    /// <summary>What a file is written with: for one that the import creates, its history.</summary>
    /// <exception cref="ArchiveException">The archive lacks a text of it.</exception>
    public List<ImportStep> StepsOf(ArchiveFile file, bool isNew)
    {
        var archived = _files.GetValueOrDefault(file.Path);
        List<ImportStep> steps = [];
        if (isNew)
        {
            foreach (var version in OldVersionsOf(archived))
            {
                var text = _texts.GetValueOrDefault(version.Sha256)
                    ?? throw ArchiveMetadata.Bad($"version {version.Version} of '{file.Path}' is named, whose text the archive does not have");
                steps.Add(new ImportStep(text, version.Sha256, version.Message));
            }
        }

        steps.Add(new ImportStep(file, Sha256: null, archived?.Message));

        return steps;
    }

    /// <summary>Gives the files their tags, and those that the import created their labels.</summary>
    /// <exception cref="ArchiveException">The user, or a file, would have more tags than allowed.</exception>
    public async Task ApplyAsync(
        StashesDbContext db,
        Guid stashId,
        Guid userId,
        StashesOptions limits,
        List<ArchiveFile> written,
        List<ArchiveFile> created,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (_metadata is null)
        {
            return;
        }

        var tags = Rows(written, file => (file.Tags ?? []).Distinct(StringComparer.OrdinalIgnoreCase));
        if (tags.Count > 0)
        {
            await AddTagsAsync(db, stashId, userId, limits, tags, now, cancellationToken);
        }

        var labels = Rows(created, file => (file.Labels ?? [])
            .DistinctBy(label => label.Name, StringComparer.Ordinal)
            .Select(label => (label.Name, Version: NewVersionOf(file, label.Version)))
            .Where(label => label.Version > 0));
        if (labels.Count > 0)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO stashes.file_labels (file_id, name, version, updated_by, updated_at)
                SELECT f.id, l.name, LEAST(l.version, f.version), {userId}, {now}
                FROM unnest({labels.ConvertAll(l => l.Path)}, {labels.ConvertAll(l => l.Value.Name)}, {labels.ConvertAll(l => l.Value.Version)}) AS l (path, name, version)
                CROSS JOIN LATERAL stashes.file_at({stashId}, l.path) AS f
                ON CONFLICT (file_id, name) DO NOTHING
                """, cancellationToken);
        }
    }

    private async Task AddTagsAsync(
        StashesDbContext db,
        Guid stashId,
        Guid userId,
        StashesOptions limits,
        List<(string Path, string Value)> tags,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var names = tags.Select(tag => tag.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var colors = _metadata!.Tags.DistinctBy(tag => tag.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(tag => tag.Name, tag => tag.Color, StringComparer.OrdinalIgnoreCase);

        // A tag that is there keeps its spelling and its colour, and nobody takes one away before the import is done.
        if (await db.EnsureTagsAsync(userId, names, limits.MaxTagsPerUser, now, cancellationToken, colors) is not { } ids)
        {
            throw new ArchiveException($"With the archive's tags you would have more than {limits.MaxTagsPerUser} tags.");
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO stashes.file_tags (id, file_id, tag_id, created_at)
            SELECT i.id, f.id, t.id, {now}
            FROM unnest({tags.ConvertAll(_ => Guid.CreateVersion7(now))}, {tags.ConvertAll(t => t.Path)}, {tags.ConvertAll(t => t.Value)}) AS i (id, path, name)
            CROSS JOIN LATERAL stashes.file_at({stashId}, i.path) AS f
            JOIN stashes.tags AS t ON t.id = ANY ({ids}) AND lower(t.name) = lower(i.name)
            ON CONFLICT (file_id, tag_id) DO NOTHING
            """, cancellationToken);

        // A file that was there already may have others.
        var full = await db.Files
            .Where(f => f.StashId == stashId && f.DeletedAt == null && f.Tags.Count > limits.MaxTagsPerFile && f.Tags.Any(t => ids.Contains(t.TagId)))
            .OrderBy(f => f.Path)
            .Select(f => f.Path)
            .FirstOrDefaultAsync(cancellationToken);
        if (full is not null)
        {
            throw new ArchiveException($"With the archive's tags '{full}' would have more than {limits.MaxTagsPerFile} tags.");
        }
    }

    /// <summary>All versions but the last, which is the file itself; of several in a row with one text the first, as a version is a change.</summary>
    private static IEnumerable<ArchivedVersion> OldVersionsOf(ArchivedFile? file)
    {
        var versions = file?.Versions ?? [];
        for (var i = 0; i < versions.Count - 1; i++)
        {
            if (i == 0 || versions[i].Sha256 != versions[i - 1].Sha256)
            {
                yield return versions[i];
            }
        }
    }

    /// <summary>The number that a version gets here, counted from 1; 0 where it did not come along.</summary>
    private static int NewVersionOf(ArchivedFile file, int version) =>
        file.Versions is not { Count: > 0 } versions ? 1
        : versions.All(v => v.Version != version) ? 0
        : OldVersionsOf(file).Count(v => v.Version <= version) + (versions[^1].Version == version ? 1 : 0);

    private List<(string Path, T Value)> Rows<T>(List<ArchiveFile> files, Func<ArchivedFile, IEnumerable<T>> select) =>
        [.. files.SelectMany(file => _files.TryGetValue(file.Path, out var archived) ? select(archived).Select(value => (file.Path, value)) : [])];
}
