using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Folders;

namespace PromptStash.Stashes.Stashes;

/// <summary>Copies a stash inside the caller's transaction. Contents are not read: the new versions refer to the same rows.</summary>
internal sealed class StashCopier(StashesDbContext db)
{
    /// <summary>False when the caller has no such stash.</summary>
    public async Task<bool> CopyAsync(
        Guid stashId, Guid userId, Guid copyId, string? name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Shared, so that nobody moves anything meanwhile, and without a change: the stash was not updated.
        await db.Database.ExecuteSqlAsync($"SELECT FROM stashes.stashes WHERE id = {stashId} AND user_id = {userId} FOR SHARE", cancellationToken);
        var source = await db.StashesOf(userId).AsNoTracking().SingleOrDefaultAsync(s => s.Id == stashId, cancellationToken);
        if (source is null)
        {
            return false;
        }

        db.Stashes.Add(new Stash
        {
            Id = copyId,
            Name = name ?? await db.FindFreeStashNameAsync(userId, source.Name, cancellationToken),
            Scope = source.Scope,
            Description = source.Description,
            UserId = userId,
            CreatedAt = now,
            UpdatedAt = now,
        });
        await db.SaveChangesAsync(cancellationToken);

        var folders = await CopyFoldersAsync(stashId, userId, copyId, now, cancellationToken);
        var files = await db.FilesOf(userId)
            .Where(f => f.StashId == stashId)
            .Select(f => new { f.Id, f.FolderId, f.Path })
            .ToListAsync(cancellationToken);
        var copies = files.ConvertAll(file => new FileCopy(
            file.Id, Guid.CreateVersion7(now), file.FolderId is { } folder ? folders[folder] : null, file.Path));
        await db.CopyFilesAsync(copyId, userId, copies, withLabels: true, now, cancellationToken);

        return true;
    }

    /// <summary>The copies' ids by those of the folders.</summary>
    private async Task<Dictionary<Guid, Guid>> CopyFoldersAsync(
        Guid stashId, Guid userId, Guid copyId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var folders = await db.FoldersOf(userId).Where(f => f.StashId == stashId).AsNoTracking().ToListAsync(cancellationToken);
        var ids = folders.ToDictionary(folder => folder.Id, _ => Guid.CreateVersion7(now));
        db.Folders.AddRange(folders.Select(folder => new Folder
        {
            Id = ids[folder.Id],
            Name = folder.Name,
            Path = folder.Path,
            ParentId = folder.ParentId is { } parent ? ids[parent] : null,
            StashId = copyId,
            CreatedAt = now,
            UpdatedAt = now,
        }));
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();

        return ids;
    }
}
