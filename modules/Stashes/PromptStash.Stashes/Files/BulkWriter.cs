using Microsoft.Extensions.Options;
using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Folders;
using PromptStash.Stashes.Tags;

namespace PromptStash.Stashes.Files;

/// <summary>A bulk operation, read.</summary>
internal sealed record Bulk(Guid StashId, Guid UserId, BulkAction Action, Guid[] FileIds, Guid? FolderId, string[] Tags, DateTimeOffset Now);

/// <summary>What came of one. It may be committed when the stash is there, nothing is invalid and no file has a problem.</summary>
internal sealed record BulkOutcome(bool IsFound, IReadOnlyList<BulkFileProblem> Problems, (string Field, string Detail)? Invalid = null);

/// <summary>Does to many files of a stash what the single operations do to one, inside the caller's transaction.</summary>
internal sealed class BulkWriter(StashesDbContext db, IOptions<StashesOptions> options)
{
    private static readonly BulkOutcome Done = new(IsFound: true, []);

    /// <summary>Does it under the stash's lock, so that nobody moves, deletes or restores the files meanwhile.</summary>
    public async Task<BulkOutcome> WriteAsync(Bulk bulk, CancellationToken cancellationToken)
    {
        if (!await db.LockStashAsync(bulk.StashId, bulk.UserId, bulk.Now, cancellationToken))
        {
            return new BulkOutcome(IsFound: false, []);
        }

        await db.LockFilesAsync(bulk.UserId, bulk.FileIds, cancellationToken);
        var there = await db.FilesOf(bulk.UserId)
            .Where(f => f.StashId == bulk.StashId && bulk.FileIds.Contains(f.Id))
            .Select(f => f.Id)
            .ToHashSetAsync(cancellationToken);
        if (there.Count < bulk.FileIds.Length)
        {
            return new BulkOutcome(
                IsFound: true, [.. bulk.FileIds.Where(id => !there.Contains(id)).Select(id => new BulkFileProblem(id, "The stash has no such file."))]);
        }

        return bulk.Action switch
        {
            BulkAction.Move => await MoveAsync(bulk, cancellationToken),
            BulkAction.Delete => await DeleteAsync(bulk, cancellationToken),
            BulkAction.Tag => await TagAsync(bulk, cancellationToken),
            _ => await UntagAsync(bulk, cancellationToken),
        };
    }

    /// <summary>Whether the operation was committed and only the answer lost: its time is on files then. One that changed nothing can be repeated.</summary>
    public async Task<BulkOutcome?> FindDoneAsync(Bulk bulk, CancellationToken cancellationToken) =>
        await db.Files.AnyAsync(
            f => bulk.FileIds.Contains(f.Id) && f.OwnerId == bulk.UserId && (f.UpdatedAt == bulk.Now || f.DeletedAt == bulk.Now), cancellationToken)
            ? Done
            : null;

    private async Task<BulkOutcome> MoveAsync(Bulk bulk, CancellationToken cancellationToken)
    {
        var folder = bulk.FolderId is { } id ? await db.FindPlaceAsync(bulk.StashId, bulk.UserId, id, cancellationToken) : null;
        if (bulk.FolderId is not null && folder is null)
        {
            return new BulkOutcome(IsFound: true, [], ("folderId", "The stash has no such folder."));
        }

        var prefix = folder is null ? "" : folder.Path + "/";
        var problems = await FindClashesAsync(bulk, prefix, cancellationToken);
        if (problems.Count > 0)
        {
            return new BulkOutcome(IsFound: true, problems);
        }

        await db.Files
            .Where(f => bulk.FileIds.Contains(f.Id) && f.Path != prefix + f.Name)
            .ExecuteUpdateAsync(
                f => f
                    .SetProperty(file => file.FolderId, bulk.FolderId)
                    .SetProperty(file => file.Path, file => prefix + file.Name)
                    .SetProperty(file => file.CheckedRules, (int?)null)
                    .SetProperty(file => file.UpdatedAt, bulk.Now),
                cancellationToken);

        return Done;
    }

    /// <summary>The unique index would name one of them; under the lock all can be named, and what is free stays so.</summary>
    private Task<List<BulkFileProblem>> FindClashesAsync(Bulk bulk, string prefix, CancellationToken cancellationToken) =>
        db.Database
            .SqlQuery<BulkFileProblem>(
                $"""
                WITH moved AS (SELECT id, {prefix} || name AS path FROM stashes.files WHERE id = ANY ({bulk.FileIds}))
                SELECT m.id AS file_id,
                       CASE WHEN octet_length(m.path) > {StashPath.MaxBytes} THEN 'The path ''' || m.path || ''' would be too long.'
                            ELSE 'Something else is, or would be, at ''' || m.path || '''.' END AS detail
                FROM moved AS m
                WHERE octet_length(m.path) > {StashPath.MaxBytes}
                   OR EXISTS (SELECT FROM moved AS o WHERE lower(o.path) = lower(m.path) AND o.id <> m.id)
                   OR EXISTS (SELECT FROM stashes.file_at({bulk.StashId}, m.path) AS o WHERE o.id <> ALL ({bulk.FileIds}))
                   OR EXISTS (SELECT FROM stashes.folder_at({bulk.StashId}, m.path))
                ORDER BY m.id
                """)
            .ToListAsync(cancellationToken);

    private async Task<BulkOutcome> DeleteAsync(Bulk bulk, CancellationToken cancellationToken)
    {
        await db.Files
            .Where(f => bulk.FileIds.Contains(f.Id))
            .ExecuteUpdateAsync(
                f => f
                    .SetProperty(file => file.DeletedAt, bulk.Now)
                    .SetProperty(file => file.DeletedBy, bulk.UserId)
                    .SetProperty(file => file.TrashId, file => file.Id),
                cancellationToken);
        foreach (var chunk in bulk.FileIds.Chunk(FilesDeleted.MaxFiles))
        {
            db.Publish(FilesDeleted.Type, new FilesDeleted(chunk, bulk.Now), bulk.Now);
        }

        return Done;
    }

    private async Task<BulkOutcome> TagAsync(Bulk bulk, CancellationToken cancellationToken)
    {
        if (await db.EnsureTagsAsync(bulk.UserId, bulk.Tags, options.Value.MaxTagsPerUser, bulk.Now, cancellationToken) is not { } tags)
        {
            return new BulkOutcome(IsFound: true, [], ("tags", $"You would have more than {options.Value.MaxTagsPerUser} tags."));
        }

        await db.AddTagsAsync(bulk.FileIds, tags, bulk.Now, cancellationToken);
        await db.TouchFilesAsync(bulk.FileIds, bulk.Now, cancellationToken);
        var most = options.Value.MaxTagsPerFile;
        var full = await db.Files
            .Where(f => bulk.FileIds.Contains(f.Id) && f.Tags.Count > most)
            .Select(f => f.Id)
            .ToListAsync(cancellationToken);

        return full.Count == 0 ? Done : new BulkOutcome(IsFound: true, full.ConvertAll(id => new BulkFileProblem(id, $"The file would have more than {most} tags.")));
    }

    private async Task<BulkOutcome> UntagAsync(Bulk bulk, CancellationToken cancellationToken)
    {
        var tags = await db.FindTagsAsync(bulk.UserId, bulk.Tags, cancellationToken);
        await db.FileTags.Where(t => bulk.FileIds.Contains(t.FileId) && tags.Contains(t.TagId)).ExecuteDeleteAsync(cancellationToken);
        await db.TouchFilesAsync(bulk.FileIds, bulk.Now, cancellationToken);

        return Done;
    }
}
