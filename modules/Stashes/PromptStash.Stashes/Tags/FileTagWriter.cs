using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Tags;

/// <summary>Puts tags on files and takes them off, inside the caller's transaction, the files' rows locked.</summary>
internal static class FileTagWriter
{
    /// <summary>Locks files of an owner, in one order, so that what is read of them and their tags stays true.</summary>
    public static Task LockFilesAsync(this StashesDbContext db, Guid ownerId, Guid[] fileIds, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"SELECT FROM stashes.files WHERE id = ANY ({fileIds}) AND owner_id = {ownerId} ORDER BY id FOR NO KEY UPDATE", cancellationToken);

    /// <summary>Puts each of the tags on each of the files, where it is not yet.</summary>
    public static Task AddTagsAsync(this StashesDbContext db, Guid[] fileIds, Guid[] tagIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var pairs = (from file in fileIds from tag in tagIds select (Id: Guid.CreateVersion7(now), File: file, Tag: tag)).ToArray();

        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO stashes.file_tags (id, file_id, tag_id, created_at)
            SELECT p.id, p.file_id, p.tag_id, {now}
            FROM unnest({pairs.Select(p => p.Id).ToArray()}, {pairs.Select(p => p.File).ToArray()}, {pairs.Select(p => p.Tag).ToArray()}) AS p (id, file_id, tag_id)
            ON CONFLICT (file_id, tag_id) DO NOTHING
            """, cancellationToken);
    }

    /// <summary>Files that are another answer now than before say so by their time.</summary>
    public static Task TouchFilesAsync(this StashesDbContext db, Guid[] fileIds, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Files.Where(f => fileIds.Contains(f.Id)).ExecuteUpdateAsync(f => f.SetProperty(file => file.UpdatedAt, now), cancellationToken);
}
