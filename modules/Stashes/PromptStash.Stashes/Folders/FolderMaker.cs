using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Usage;

namespace PromptStash.Stashes.Folders;

/// <summary>A live folder: where a path leads to, whatever its spelling.</summary>
/// <param name="Path">The folder's own spelling: a file put into 'docs' where 'Docs' exists lies in 'Docs'.</param>
internal sealed record FolderPlace(Guid Id, string Path);

/// <summary>Makes the folders that paths need. Only under the stash's lock, so that what it reads stays true.</summary>
internal static class FolderMaker
{
    /// <summary>
    /// Finds or makes the folders at <paramref name="paths"/>, which must hold each folder's parents too, and adds them to
    /// <paramref name="places"/> under the paths as given. New folders are tracked by the context and written with its next save; the one
    /// at the path of <paramref name="wanted"/> gets that id.
    /// </summary>
    public static async Task EnsureFoldersAsync(
        this StashesDbContext db,
        Guid stashId,
        IEnumerable<string> paths,
        Dictionary<string, FolderPlace> places,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        FolderPlace? wanted = null)
    {
        var asked = paths.Where(path => !places.ContainsKey(path)).Distinct(StringComparer.Ordinal).ToArray();
        if (asked.Length == 0)
        {
            return;
        }

        // PostgreSQL folds the case, here as in the unique index: two ideas of it would disagree on some letter.
        var rows = await db.Database
            .SqlQuery<AskedFolder>(
                $"""
                SELECT p.path AS asked, lower(p.path) AS key, f.id, f.path
                FROM unnest({asked}) AS p (path)
                LEFT JOIN LATERAL stashes.folder_at({stashId}, p.path) AS f ON true
                """)
            .ToListAsync(cancellationToken);

        // A parent's path is shorter than its child's, so parents come first.
        var byKey = new Dictionary<string, FolderPlace>(StringComparer.Ordinal);
        foreach (var row in rows.OrderBy(row => row.Asked.Length))
        {
            if (!byKey.TryGetValue(row.Key, out var place))
            {
                place = row.Id is { } id ? new FolderPlace(id, row.Path!) : Make(row.Asked);
                byKey.Add(row.Key, place);
            }

            places.Add(row.Asked, place);
        }

        FolderPlace Make(string path)
        {
            var name = StashPath.NameOf(path);
            var parent = StashPath.ParentOf(path) is { } parentPath ? places[parentPath] : null;
            var folder = new Folder
            {
                Id = path == wanted?.Path ? wanted.Id : Guid.CreateVersion7(now),
                Name = name,
                Path = parent is null ? name : $"{parent.Path}/{name}",
                ParentId = parent?.Id,
                StashId = stashId,
                CreatedAt = now,
                UpdatedAt = now,
            };
            db.Folders.Add(folder);

            return new FolderPlace(folder.Id, folder.Path);
        }
    }

    /// <summary>Finds or makes the folders above a path, and saves them; the answer is the one that the path is in, null at the root.</summary>
    public static async Task<FolderPlace?> EnsureParentAsync(
        this StashesDbContext db, Guid stashId, string path, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var folders = new Dictionary<string, FolderPlace>(StringComparer.Ordinal);
        await db.EnsureFoldersAsync(stashId, StashPath.AncestorsOf(path), folders, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);

        return StashPath.ParentOf(path) is { } parent ? folders[parent] : null;
    }

    /// <summary>What a transaction adds to an owner's use that may have made folders: to count them all is only worth it where it did.</summary>
    public static UsageKinds FoldersMade(this StashesDbContext db) => db.ChangeTracker.Entries<Folder>().Any() ? UsageKinds.Folders : 0;

    private sealed record AskedFolder(string Asked, string Key, Guid? Id, string? Path);
}
