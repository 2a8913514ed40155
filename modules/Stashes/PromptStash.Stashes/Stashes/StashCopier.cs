using PromptStash.Stashes.Data;
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

        var folders = await db.FoldersOf(userId).Where(f => f.StashId == stashId).AsNoTracking().ToListAsync(cancellationToken);
        var files = await db.FilesOf(userId)
            .Where(f => f.StashId == stashId)
            .Select(f => new TreeFile(f.Id, f.FolderId, f.Path))
            .ToListAsync(cancellationToken);
        await db.CopyTreeAsync(folders, files, path => path, copyId, parentId: null, userId, now, cancellationToken);

        return true;
    }
}
