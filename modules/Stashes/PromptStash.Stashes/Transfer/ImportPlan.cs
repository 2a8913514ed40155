using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Transfer;

/// <summary>Which of an archive's files can have their place in a stash, told from their paths alone.</summary>
internal sealed class ImportPlan
{
    private ImportPlan(List<ArchiveFile> files, HashSet<ArchiveFile> created, List<string> folders, List<SkippedEntry> skipped)
    {
        Files = files;
        Created = created;
        Folders = folders;
        Skipped = skipped;
    }

    public List<ArchiveFile> Files { get; }

    /// <summary>Those of them that there is no file for yet.</summary>
    public HashSet<ArchiveFile> Created { get; }

    /// <summary>The folders that have an entry of their own, with their parents.</summary>
    public List<string> Folders { get; }

    public List<SkippedEntry> Skipped { get; }

    /// <summary>Compares the archive's paths with each other and with what lives in the stash. Only under the stash's lock.</summary>
    /// <exception cref="ArchiveException">The paths name more folders than allowed.</exception>
    public static async Task<ImportPlan> MakeAsync(
        StashesDbContext db, Guid stashId, ArchiveReader archive, ImportMetadata metadata, int maxFolders, CancellationToken cancellationToken)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in metadata.Files.Select(file => file.Path).Concat(metadata.Folders.Select(folder => folder + "/")))
        {
            StashPath.AddAncestors(folders, path);

            // A path of 1,024 bytes can name 511 folders, so twenty thousand of them could name ten million.
            if (folders.Count > maxFolders)
            {
                throw new ArchiveException($"The archive's paths name more than {maxFolders} folders.");
            }
        }

        var paths = metadata.Files.Select(file => file.Path).Concat(folders).Distinct(StringComparer.Ordinal).ToArray();
        var places = (await db.Database
                .SqlQuery<PathPlace>(
                    $"""
                    SELECT p.path, lower(p.path) AS key, f.id IS NOT NULL AS is_file, d.id IS NOT NULL AS is_folder
                    FROM unnest({paths}) AS p (path)
                    LEFT JOIN LATERAL stashes.file_at({stashId}, p.path) AS f ON true
                    LEFT JOIN LATERAL stashes.folder_at({stashId}, p.path) AS d ON true
                    """)
                .ToListAsync(cancellationToken))
            .ToDictionary(place => place.Path, StringComparer.Ordinal);

        return Sort(archive, metadata, folders, places);
    }

    private static ImportPlan Sort(
        ArchiveReader archive, ImportMetadata metadata, HashSet<string> folders, Dictionary<string, PathPlace> places)
    {
        var files = new List<ArchiveFile>(metadata.Files.Count);
        List<SkippedEntry> skipped = [.. archive.Skipped, .. metadata.Skipped];
        var folderKeys = folders.Select(folder => places[folder].Key).ToHashSet(StringComparer.Ordinal);
        var inTheWay = FindFilesInTheWay(folders, places);
        var seen = new HashSet<string>(StringComparer.Ordinal);

        foreach (var file in metadata.Files)
        {
            var place = places[file.Path];
            if (place.IsFolder || folderKeys.Contains(place.Key))
            {
                skipped.Add(new SkippedEntry(file.Path, "A folder has this path."));
            }
            else if (StashPath.ParentOf(file.Path) is { } parent && inTheWay.TryGetValue(parent, out var blocking))
            {
                skipped.Add(new SkippedEntry(file.Path, $"The stash has a file at '{blocking}'."));
            }
            else if (!seen.Add(place.Key))
            {
                skipped.Add(new SkippedEntry(file.Path, "An earlier entry has this path, ignoring case."));
            }
            else
            {
                files.Add(file);
            }
        }

        var withEntry = new HashSet<string>(StringComparer.Ordinal);
        foreach (var folder in metadata.Folders)
        {
            if (inTheWay.TryGetValue(folder, out var blocking))
            {
                skipped.Add(new SkippedEntry(folder + "/", $"The stash has a file at '{blocking}'."));
            }
            else
            {
                StashPath.AddAncestors(withEntry, folder + "/");
            }
        }

        return new ImportPlan(files, [.. files.Where(file => !places[file.Path].IsFile)], [.. withEntry], skipped);
    }

    /// <summary>The folders that cannot be, because a file has their path or that of a folder above them; with that file's path.</summary>
    private static Dictionary<string, string> FindFilesInTheWay(HashSet<string> folders, Dictionary<string, PathPlace> places)
    {
        var inTheWay = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!folders.Any(folder => places[folder].IsFile))
        {
            return inTheWay;
        }

        // A parent's path is shorter than its child's, so parents come first.
        foreach (var folder in folders.OrderBy(folder => folder.Length))
        {
            if (places[folder].IsFile)
            {
                inTheWay.Add(folder, folder);
            }
            else if (StashPath.ParentOf(folder) is { } parent && inTheWay.TryGetValue(parent, out var blocking))
            {
                inTheWay.Add(folder, blocking);
            }
        }

        return inTheWay;
    }

    private sealed record PathPlace(string Path, string Key, bool IsFile, bool IsFolder);
}
