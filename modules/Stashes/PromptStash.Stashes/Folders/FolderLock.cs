using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Folders;

/// <summary>The stash's lock for operations that name something in it. What it is must be read (again) after it was taken.</summary>
internal static class FolderLock
{
    /// <summary>Takes the lock of the stash that a folder is in; false when the caller has no such folder.</summary>
    public static async Task<bool> LockStashOfFolderAsync(
        this StashesDbContext db, Guid folderId, Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await db.StashesOf(userId)
            .Where(s => s.Folders.Any(f => f.Id == folderId && f.DeletedAt == null))
            .ExecuteUpdateAsync(s => s.SetProperty(stash => stash.UpdatedAt, now), cancellationToken) == 1;

    /// <summary>Takes the lock of the stash that a file is in; false when the caller has no such file.</summary>
    public static async Task<bool> LockStashOfFileAsync(
        this StashesDbContext db, Guid fileId, Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await db.StashesOf(userId)
            .Where(s => s.Files.Any(f => f.Id == fileId && f.DeletedAt == null))
            .ExecuteUpdateAsync(s => s.SetProperty(stash => stash.UpdatedAt, now), cancellationToken) == 1;

    /// <summary>A live folder of a stash; null when there is none with this id.</summary>
    public static Task<FolderPlace?> FindPlaceAsync(
        this StashesDbContext db, Guid stashId, Guid userId, Guid folderId, CancellationToken cancellationToken) =>
        db.FoldersOf(userId)
            .Where(f => f.Id == folderId && f.StashId == stashId)
            .Select(f => new FolderPlace(f.Id, f.Path))
            .SingleOrDefaultAsync(cancellationToken);
}
