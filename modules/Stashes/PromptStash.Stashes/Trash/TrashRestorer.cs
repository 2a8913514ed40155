using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Folders;

namespace PromptStash.Stashes.Trash;

/// <summary>The outcome of a restore: the item, or why it cannot be; neither when there is nothing to restore.</summary>
internal sealed record RestoreResult(RestoredItem? Item, string? Problem);

/// <summary>Takes things out of the trash.</summary>
internal sealed class TrashRestorer(StashesDbContext db)
{
    private static readonly RestoreResult Nothing = new(Item: null, Problem: null);

    /// <summary>Restores a file, folder or stash of the user, with everything that was thrown away with it.</summary>
    public async Task<RestoreResult> RestoreAsync(Guid userId, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var entry = await db.FindTrashAsync(userId, id, cancellationToken);

        return entry?.Type switch
        {
            null => Nothing,
            TrashType.Stash => await RestoreStashAsync(entry, cancellationToken),
            _ => await RestoreIntoStashAsync(entry, now, cancellationToken),
        };
    }

    private async Task<RestoreResult> RestoreStashAsync(TrashEntry entry, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            RestoreResult? done = null;
            try
            {
                return await db.InTransactionAsync<RestoreResult>(
                    async (transaction, cancelled) =>
                    {
                        done = await RestoreUnderFreeNameAsync(entry, cancelled);
                        await transaction.CommitAsync(cancelled);

                        return done;
                    },
                    committed: async cancelled => await db.FindTrashAsync(entry.OwnerId, entry.Id, cancelled) is null ? done : null,
                    cancellationToken);
            }
            catch (Exception exception) when (exception.IsViolationOf(StashesDbContext.UniqueStashName) && tries < FreeName.MaxTries)
            {
                // Somebody took the name between the two statements: the index decides, and the next number is tried.
            }
        }
    }

    private async Task<RestoreResult> RestoreUnderFreeNameAsync(TrashEntry entry, CancellationToken cancellationToken)
    {
        var deleted = db.Stashes.Where(s => s.Id == entry.Id && s.DeletedAt != null);
        if (await deleted.Select(s => s.Name).SingleOrDefaultAsync(cancellationToken) is not { } name)
        {
            return Nothing;
        }

        var free = await db.FindFreeStashNameAsync(entry.OwnerId, name, cancellationToken);
        var restored = await deleted.ExecuteUpdateAsync(
            s => s
                .SetProperty(stash => stash.Name, free)
                .SetProperty(stash => stash.DeletedAt, (DateTimeOffset?)null)
                .SetProperty(stash => stash.DeletedBy, (Guid?)null),
            cancellationToken);

        return restored == 0
            ? Nothing
            : new RestoreResult(new RestoredItem(entry.Id, TrashType.Stash, free, Path: null, entry.Id, free != name), Problem: null);
    }

    private Task<RestoreResult> RestoreIntoStashAsync(TrashEntry entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RestoreResult? done = null;

        return db.InTransactionAsync<RestoreResult>(
            async (transaction, cancelled) =>
            {
                if (!await db.LockStashAsync(entry.StashId, entry.OwnerId, now, cancelled))
                {
                    return Nothing;
                }

                done = entry.Type == TrashType.File
                    ? await RestoreFileAsync(entry, now, cancelled)
                    : await RestoreFolderAsync(entry, now, cancelled);
                if (done.Item is not null)
                {
                    await transaction.CommitAsync(cancelled);
                }

                return done;
            },
            committed: async cancelled => await db.FindTrashAsync(entry.OwnerId, entry.Id, cancelled) is null ? done : null,
            cancellationToken);
    }

    private async Task<RestoreResult> RestoreFileAsync(TrashEntry entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var trashed = db.Files.Where(f => f.Id == entry.Id && f.TrashId == entry.Id);
        if (await trashed.Select(f => f.Path).SingleOrDefaultAsync(cancellationToken) is not { } old)
        {
            return Nothing;
        }

        var (folderId, path, problem) = await MakePlaceAsync(entry.StashId, old, isFolder: false, now, cancellationToken);
        if (problem is not null)
        {
            return new RestoreResult(Item: null, problem);
        }

        var name = StashPath.NameOf(path);
        await trashed.ExecuteUpdateAsync(
            f => f
                .SetProperty(file => file.Name, name)
                .SetProperty(file => file.Path, path)
                .SetProperty(file => file.FolderId, folderId)
                .SetProperty(file => file.UpdatedAt, now)
                .SetProperty(file => file.CheckedRules, file => file.Path == path ? file.CheckedRules : null)
                .SetProperty(file => file.DeletedAt, (DateTimeOffset?)null)
                .SetProperty(file => file.DeletedBy, (Guid?)null)
                .SetProperty(file => file.TrashId, (Guid?)null),
            cancellationToken);

        return new RestoreResult(Restored(entry, old, path), Problem: null);
    }

    private async Task<RestoreResult> RestoreFolderAsync(TrashEntry entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var folder = await db.Folders.AsNoTracking().SingleOrDefaultAsync(f => f.Id == entry.Id && f.TrashId == entry.Id, cancellationToken);
        if (folder is null)
        {
            return Nothing;
        }

        var (parentId, path, problem) = await MakePlaceAsync(entry.StashId, folder.Path, isFolder: true, now, cancellationToken);
        if (problem is null && path != folder.Path && await db.MoveFolderAsync(folder, parentId, path, now, cancellationToken) is { } tooLong)
        {
            problem = $"The place of the folder is taken, and under another name the path '{tooLong}' would be too long.";
        }

        if (problem is not null)
        {
            return new RestoreResult(Item: null, problem);
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            WITH restored AS (
                UPDATE stashes.folders
                SET deleted_at = NULL, deleted_by = NULL, trash_id = NULL, updated_at = {now},
                    parent_id = CASE WHEN id = {folder.Id} THEN {parentId}::uuid ELSE parent_id END
                WHERE trash_id = {folder.Id}
            )
            UPDATE stashes.files SET deleted_at = NULL, deleted_by = NULL, trash_id = NULL, updated_at = {now} WHERE trash_id = {folder.Id}
            """, cancellationToken);

        return new RestoreResult(Restored(entry, folder.Path, path), Problem: null);
    }

    /// <summary>Makes the folders above a path that are not there (any more), and finds a free name: for the thing, or for the first folder that a file is in the way of.</summary>
    private async Task<(Guid? FolderId, string Path, string? Problem)> MakePlaceAsync(
        Guid stashId, string path, bool isFolder, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var above = StashPath.AncestorsOf(path).ToArray();
        var blocked = await db.Database
            .SqlQuery<string>(
                $"""
                SELECT a.path AS "Value"
                FROM unnest({above}) AS a (path)
                CROSS JOIN LATERAL stashes.file_at({stashId}, a.path)
                ORDER BY length(a.path)
                LIMIT 1
                """)
            .ToListAsync(cancellationToken);
        if (blocked is [var file])
        {
            // Nothing can be below a file, so below the new name everything is free.
            path = await db.FindFreePathAsync(stashId, file, isFolder: true, cancellationToken) + path[file.Length..];
        }

        var folder = await db.EnsureParentAsync(stashId, path, now, cancellationToken);
        var free = await db.FindFreePathAsync(stashId, StashPath.Join(folder?.Path, StashPath.NameOf(path)), isFolder, cancellationToken);

        return StashPath.TryParse(free, out _, out var error) ? (folder?.Id, free, null) : (null, free, $"The place is taken, and '{free}' is no path: {error}");
    }

    private static RestoredItem Restored(TrashEntry entry, string old, string path) =>
        new(entry.Id, entry.Type, StashPath.NameOf(path), path, entry.StashId, Renamed: path != old);
}
