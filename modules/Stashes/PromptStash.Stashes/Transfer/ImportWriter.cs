using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Folders;
using PromptStash.Stashes.Usage;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Transfer;

/// <summary>Merges an archive into a stash in one transaction, a few megabytes at a time.</summary>
internal sealed class ImportWriter(
    StashesDbContext db, FileWriter writer, UsageLimits usage, IOptions<StashesOptions> options, TimeProvider time)
{
    /// <summary>Of a batch of small files, so that no statement grows without bound.</summary>
    private const int MaxBatchFiles = 1000;

    /// <summary>Null when the caller has no such stash. A dry run does all the work and then does not commit it: it cannot tell anything else.</summary>
    public Task<ImportResult?> WriteAsync(
        Guid stashId, Guid userId, ArchiveReader archive, bool dryRun, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Import? import = null;
        ImportResult? result = null;

        return db.InTransactionAsync<ImportResult?>(
            async (transaction, cancelled) =>
            {
                if (!await db.LockStashAsync(stashId, userId, now, cancelled))
                {
                    return null;
                }

                import = new Import(stashId, userId, now);
                result = await MergeAsync(import, archive, cancelled);

                // An import of what is there already adds nothing, and goes on where a limit was lowered below what there is.
                if (result.Created + result.Updated > 0)
                {
                    await usage.CheckAsync(userId, UsageKinds.Files | UsageKinds.Bytes, cancelled);
                }

                if (!dryRun)
                {
                    await transaction.CommitAsync(cancelled);
                }

                return result;
            },
            committed: async cancelled =>
                import?.FirstVersionId is { } id && await db.FileVersions.AnyAsync(v => v.Id == id, cancelled) ? result : null,
            cancellationToken);
    }

    private async Task<ImportResult> MergeAsync(Import import, ArchiveReader archive, CancellationToken cancellationToken)
    {
        archive.StartOver();
        var plan = await ImportPlan.MakeAsync(db, import.StashId, archive, options.Value.MaxArchiveFolders, cancellationToken);
        await db.EnsureFoldersAsync(import.StashId, plan.Folders, import.Folders, import.Now, cancellationToken);

        var batch = new List<IncomingFile>();
        var batchBytes = 0;
        foreach (var file in plan.Files)
        {
            if (archive.Read(file, out var reason) is not { } content)
            {
                plan.Skipped.Add(new SkippedEntry(file.Path, reason));
                continue;
            }

            batch.Add(new IncomingFile(file.Path, content));
            batchBytes += content.Size;
            if (batchBytes >= options.Value.ImportBatchBytes || batch.Count == MaxBatchFiles)
            {
                await WriteBatchAsync(import, batch, cancellationToken);
                batch.Clear();
                batchBytes = 0;
            }
        }

        await WriteBatchAsync(import, batch, cancellationToken);

        return new ImportResult(import.Created, import.Updated, import.Unchanged, plan.Skipped);
    }

    private async Task WriteBatchAsync(Import import, List<IncomingFile> batch, CancellationToken cancellationToken)
    {
        // Folders first, and only of files that are really imported: a folder of nothing but pictures is not worth keeping.
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in batch)
        {
            StashPath.AddAncestors(folders, file.Path);
        }

        await db.EnsureFoldersAsync(import.StashId, folders, import.Folders, import.Now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
        if (batch.Count == 0)
        {
            return;
        }

        var merged = await writer.MergeAsync(
            import.StashId, import.UserId, import.UserId, batch.ConvertAll(file => Place(import, file)), import.Now, cancellationToken);
        import.FirstVersionId ??= merged.VersionId;
        import.Created += merged.Created;
        import.Updated += merged.Updated;
        import.Unchanged += merged.Unchanged;
    }

    private static FileToMerge Place(Import import, IncomingFile file)
    {
        var name = StashPath.NameOf(file.Path);
        var folder = StashPath.ParentOf(file.Path) is { } parent ? import.Folders[parent] : null;

        return new FileToMerge(folder is null ? name : $"{folder.Path}/{name}", folder?.Id, file.Content, Kind: null, Message: null);
    }

    private sealed record IncomingFile(string Path, FileContent Content);

    private sealed class Import(Guid stashId, Guid userId, DateTimeOffset now)
    {
        public Guid StashId => stashId;
        public Guid UserId => userId;
        public DateTimeOffset Now => now;
        public Dictionary<string, FolderPlace> Folders { get; } = new(StringComparer.Ordinal);

        /// <summary>A row that is there if, and only if, the transaction was committed.</summary>
        public Guid? FirstVersionId { get; set; }

        public int Created { get; set; }
        public int Updated { get; set; }
        public int Unchanged { get; set; }
    }
}
