using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Folders;

/// <summary>A file to copy with the tree that it is in.</summary>
internal sealed record TreeFile(Guid Id, Guid? FolderId, string Path);

/// <summary>A folder with everything in it, the folder itself included.</summary>
internal sealed record FolderTree(string Path, IReadOnlyList<Folder> Folders, IReadOnlyList<TreeFile> Files)
{
    public IEnumerable<string> Paths => Folders.Select(folder => folder.Path).Concat(Files.Select(file => file.Path));
}

/// <summary>Copies folders with what is in them, inside the caller's transaction, under the lock of the stash that they come into.</summary>
internal static class TreeCopier
{
    /// <summary>What is in a folder now; null when the owner has none with this id. Only under its stash's lock, so that it stays true.</summary>
    public static async Task<FolderTree?> FindTreeAsync(this StashesDbContext db, Guid folderId, Guid ownerId, CancellationToken cancellationToken)
    {
        if (await db.FoldersOf(ownerId).AsNoTracking().SingleOrDefaultAsync(f => f.Id == folderId, cancellationToken) is not { } root)
        {
            return null;
        }

        // Paths below begin with the folder's, in its own spelling.
        var prefix = root.Path + "/";
        var folders = await db.FoldersOf(ownerId).AsNoTracking().Where(f => f.StashId == root.StashId && f.Path.StartsWith(prefix)).ToListAsync(cancellationToken);
        var files = await db.FilesOf(ownerId)
            .Where(f => f.StashId == root.StashId && f.Path.StartsWith(prefix))
            .Select(f => new TreeFile(f.Id, f.FolderId, f.Path))
            .ToListAsync(cancellationToken);

        return new FolderTree(root.Path, [root, .. folders], files);
    }

    /// <summary>Contents are not read: the new versions refer to the same rows. Labels of current versions come along.</summary>
    /// <param name="db">The context.</param>
    /// <param name="folders">The folders.</param>
    /// <param name="files">The files in them.</param>
    /// <param name="pathOf">The path of a copy, by that of what is copied.</param>
    /// <param name="stashId">The stash that they come into.</param>
    /// <param name="parentId">The folder there for those folders whose own is not copied; null is the root.</param>
    /// <param name="author">The owner of both stashes, who copies.</param>
    /// <param name="now">The time of the copies.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The copies' ids by those of the folders.</returns>
    public static async Task<Dictionary<Guid, Guid>> CopyTreeAsync(
        this StashesDbContext db,
        IReadOnlyList<Folder> folders,
        IReadOnlyList<TreeFile> files,
        Func<string, string> pathOf,
        Guid stashId,
        Guid? parentId,
        Guid author,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var ids = folders.ToDictionary(folder => folder.Id, _ => Guid.CreateVersion7(now));
        db.Folders.AddRange(folders.Select(folder =>
        {
            var path = pathOf(folder.Path);

            return new Folder
            {
                Id = ids[folder.Id],
                Name = StashPath.NameOf(path),
                Path = path,
                ParentId = folder.ParentId is { } parent && ids.TryGetValue(parent, out var copied) ? copied : parentId,
                StashId = stashId,
                CreatedAt = now,
                UpdatedAt = now,
            };
        }));
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();

        var copies = files.Select(file => new FileCopy(
            file.Id, Guid.CreateVersion7(now), file.FolderId is { } folder ? ids[folder] : null, pathOf(file.Path))).ToList();
        await db.CopyFilesAsync(stashId, author, copies, withLabels: true, now, cancellationToken);

        return ids;
    }
}
