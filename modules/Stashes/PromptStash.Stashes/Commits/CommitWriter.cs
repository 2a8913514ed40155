using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Usage;
using PromptStash.Stashes.Validation;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Commits;

/// <summary>What a commit leaves behind if, and only if, its transaction was committed; nothing when it changed nothing.</summary>
/// <param name="Added">What there may be more of now.</param>
internal sealed record CommitMark(Guid? VersionId, Guid? TrashedId, Guid? MovedId, UsageKinds Added)
{
    public async Task<bool> IsThereAsync(StashesDbContext db, Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        (VersionId is not null && await db.FileVersions.AnyAsync(v => v.Id == VersionId, cancellationToken))
        || (TrashedId is not null && (
            await db.Files.AnyAsync(f => f.Id == TrashedId && f.DeletedBy == userId && f.DeletedAt == now, cancellationToken)
            || await db.Folders.AnyAsync(f => f.Id == TrashedId && f.DeletedBy == userId && f.DeletedAt == now, cancellationToken)))
        || (MovedId is not null && (
            await db.Files.AnyAsync(f => f.Id == MovedId && f.UpdatedAt == now, cancellationToken)
            || await db.Folders.AnyAsync(f => f.Id == MovedId && f.UpdatedAt == now, cancellationToken)));
}

/// <summary>Writes what the changes of a commit come to. Inside the caller's transaction, under the stash's lock.</summary>
internal sealed class CommitWriter(StashesDbContext db, FileWriter writer)
{
    public async Task<CommitMark> WriteAsync(
        Guid stashId, Guid ownerId, Guid userId, CommitTree tree, string message, StrictErrors errors, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var live = tree.Live.ToList();
        var newFolders = live.Concat(tree.Trashed).Where(node => node is { IsFolder: true, IsNew: true, IsDiscarded: false }).ToList();
        foreach (var folder in newFolders)
        {
            folder.Id = Guid.CreateVersion7(now);
        }

        // Also what has the path that it had, but in another folder than before, which has come to where the old one was.
        var moved = live.Concat(tree.Trashed).Where(node => !node.IsNew && (node.Path != node.OldPath || ParentIdOf(node) != node.OldParentId)).ToList();
        var trashedFiles = tree.Trashed.Where(node => node is { IsFolder: false, IsNew: false }).ToList();
        await TrashAsync([.. tree.Trashed.Where(node => !node.IsNew)], userId, now, cancellationToken);
        await MakeWayAsync(live, moved, cancellationToken);
        await MakeFoldersAsync(newFolders, stashId, userId, now, cancellationToken);
        await MoveAsync(moved, now, cancellationToken);
        await MoveTrashAsync(moved, cancellationToken);
        var merged = await PutAsync(stashId, ownerId, userId, live, message, now, cancellationToken);
        errors.Look(merged.Written);
        foreach (var chunk in trashedFiles.Select(file => file.Id).Chunk(FilesDeleted.MaxFiles))
        {
            db.Publish(FilesDeleted.Type, new FilesDeleted(chunk, now), now);
        }

        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();

        var added = (newFolders.Count > 0 ? UsageKinds.Folders : 0) | (merged.Created > 0 ? UsageKinds.Files : 0) | (merged.Written.Count > 0 ? UsageKinds.Bytes : 0);

        return new CommitMark(merged.VersionId, tree.Trashed.FirstOrDefault(node => !node.IsDiscarded)?.Id, moved.FirstOrDefault()?.Id, added);
    }

    private async Task TrashAsync(IReadOnlyCollection<CommitNode> trashed, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (files, folders) = Split(trashed);
        if (files.Length > 0)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE stashes.files AS f SET deleted_at = {now}, deleted_by = {userId}, trash_id = t.trash_id
                FROM unnest({files.Select(file => file.Id).ToArray()}, {files.Select(file => file.TrashId!.Value).ToArray()}) AS t (id, trash_id)
                WHERE f.id = t.id
                """, cancellationToken);
        }

        if (folders.Length > 0)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE stashes.folders AS f SET deleted_at = {now}, deleted_by = {userId}, trash_id = t.trash_id
                FROM unnest({folders.Select(folder => folder.Id).ToArray()}, {folders.Select(folder => folder.TrashId!.Value).ToArray()}) AS t (id, trash_id)
                WHERE f.id = t.id
                """, cancellationToken);
        }
    }

    /// <summary>
    /// Unique indexes are checked row by row, so where one thing takes the path that another one leaves, all that move first take paths that
    /// none can have: no path begins with a slash.
    /// </summary>
    private async Task MakeWayAsync(List<CommitNode> live, List<CommitNode> moved, CancellationToken cancellationToken)
    {
        var left = moved.Where(node => node.TrashId is null).Select(node => node.OldKey!).ToHashSet(StringComparer.Ordinal);
        if (left.Count == 0 || !live.Any(node => (node.IsNew || node.Path != node.OldPath) && left.Contains(node.KeyPath)))
        {
            return;
        }

        var (files, folders) = Split(moved);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE stashes.files SET path = '/' || id WHERE id = ANY ({files.Select(file => file.Id).ToArray()})", cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE stashes.folders SET path = '/' || id WHERE id = ANY ({folders.Select(folder => folder.Id).ToArray()})", cancellationToken);
    }

    private async Task MakeFoldersAsync(List<CommitNode> folders, Guid stashId, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        db.Folders.AddRange(folders.Select(folder => new Folder
        {
            Id = folder.Id,
            Name = folder.Name,
            Path = folder.Path,
            ParentId = ParentIdOf(folder),
            StashId = stashId,
            CreatedAt = now,
            UpdatedAt = now,
            DeletedAt = folder.TrashId is null ? null : now,
            DeletedBy = folder.TrashId is null ? null : userId,
            TrashId = folder.TrashId,
        }));
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    private async Task MoveAsync(List<CommitNode> moved, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (files, folders) = Split(moved);
        if (folders.Length > 0)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE stashes.folders AS f
                SET path = m.path, name = m.name, parent_id = m.parent_id, updated_at = {now}
                FROM unnest({folders.Select(f => f.Id).ToArray()}, {folders.Select(f => f.Path).ToArray()}, {folders.Select(f => f.Name).ToArray()},
                            {folders.Select(ParentIdOf).ToArray()}) AS m (id, path, name, parent_id)
                WHERE f.id = m.id
                """, cancellationToken);
        }

        if (files.Length == 0)
        {
            return;
        }

        // What rules say of a file may depend on where it lies: it is to be checked again.
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE stashes.files AS f
            SET path = m.path, folder_id = m.folder_id, checked_rules = NULL, updated_at = {now}
            FROM unnest({files.Select(f => f.Id).ToArray()}, {files.Select(f => f.Path).ToArray()},
                        {files.Select(ParentIdOf).ToArray()}) AS m (id, path, folder_id)
            WHERE f.id = m.id
            """, cancellationToken);

        // Apart, because whoever sets a name has the file's search entry made anew.
        var renamed = files.Where(file => file.Name != StashPath.NameOf(file.OldPath!)).ToArray();
        if (renamed.Length > 0)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE stashes.files AS f SET name = m.name, file_type = m.file_type
                FROM unnest({renamed.Select(f => f.Id).ToArray()}, {renamed.Select(f => f.Name).ToArray()},
                            {renamed.Select(f => FileRecognition.TypeOf(f.Name)).ToArray()}) AS m (id, name, file_type)
                WHERE f.id = m.id
                """, cancellationToken);
        }
    }

    /// <summary>
    /// What was thrown away from a folder before goes along with it, as it does when the folder is moved by itself: its path is always that of
    /// its folder and its name.
    /// </summary>
    private async Task MoveTrashAsync(List<CommitNode> moved, CancellationToken cancellationToken)
    {
        var folders = moved.Where(node => node.IsFolder).Select(node => node.Id).ToArray();
        if (folders.Length == 0)
        {
            return;
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            WITH RECURSIVE below AS (
                SELECT id, path FROM stashes.folders WHERE id = ANY ({folders})
                UNION
                SELECT f.id, below.path || '/' || f.name
                FROM below JOIN stashes.folders AS f ON f.parent_id = below.id AND f.deleted_at IS NOT NULL
            ),
            moved AS (
                UPDATE stashes.folders AS f SET path = below.path FROM below WHERE f.id = below.id AND f.path <> below.path
            )
            UPDATE stashes.files AS f SET path = below.path || '/' || f.name, checked_rules = NULL
            FROM below
            WHERE f.folder_id = below.id AND f.deleted_at IS NOT NULL AND f.path <> below.path || '/' || f.name
            """, cancellationToken);
    }

    private async Task<MergeResult> PutAsync(
        Guid stashId, Guid ownerId, Guid userId, List<CommitNode> live, string message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var puts = live.Where(node => node.IsWritten).ToList();
        var merged = await writer.MergeAsync(
            stashId, ownerId, userId, puts.ConvertAll(file => new FileToMerge(file.Path, ParentIdOf(file), file.Content!, Kind: null, message)), now, cancellationToken);

        // New files have their ids from the writer.
        var paths = puts.Where(file => file.IsNew).Select(file => file.Path).ToArray();
        var ids = await db.Files
            .Where(f => f.StashId == stashId && f.DeletedAt == null && paths.Contains(f.Path))
            .ToDictionaryAsync(f => f.Path, f => f.Id, StringComparer.Ordinal, cancellationToken);
        foreach (var file in puts.Where(file => file.IsNew))
        {
            file.Id = ids[file.Path];
        }

        return merged;
    }

    private static Guid? ParentIdOf(CommitNode node) => node.Parent?.Parent is null ? null : node.Parent.Id;

    private static (CommitNode[] Files, CommitNode[] Folders) Split(IReadOnlyCollection<CommitNode> nodes) =>
        ([.. nodes.Where(node => !node.IsFolder)], [.. nodes.Where(node => node.IsFolder)]);
}
