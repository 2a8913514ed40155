using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Folders;
using PromptStash.Stashes.Usage;
using PromptStash.Stashes.Validation;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Transfer;

/// <summary>What came of an import, which was undone where there are errors and its caller wanted none.</summary>
internal sealed record ImportOutcome(ImportResult Result, StrictErrors Errors);

/// <summary>Merges an archive into a stash in one transaction, a few megabytes at a time.</summary>
internal sealed class ImportWriter(
    StashesDbContext db, FileWriter writer, UsageLimits usage, IOptions<StashesOptions> options, TimeProvider time)
{
    /// <summary>Of a batch of small files, so that no statement grows without bound.</summary>
    private const int MaxBatchFiles = 1000;

    /// <summary>Null when the caller has no such stash. A dry run does all the work and then does not commit it: it cannot tell anything else.</summary>
    public Task<ImportOutcome?> WriteAsync(
        Guid stashId, Guid userId, ArchiveReader archive, bool dryRun, bool strict, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Import? import = null;
        ImportOutcome? outcome = null;

        return db.InTransactionAsync<ImportOutcome?>(
            async (transaction, cancelled) =>
            {
                if (!await db.LockStashAsync(stashId, userId, now, cancelled))
                {
                    return null;
                }

                import = new Import(stashId, userId, new StrictErrors(options.Value.MaxFilesInRefusal), now);
                var result = await MergeAsync(import, archive, cancelled);

                // An import of what is there already adds nothing, and goes on where a limit was lowered below what there is.
                var added = import.FoldersMade | (result.Created + result.Updated > 0 ? UsageKinds.Files | UsageKinds.Bytes : 0);
                if (added != 0)
                {
                    await usage.CheckAsync(userId, added, cancelled);
                }

                outcome = new ImportOutcome(result, import.Errors);
                if (!dryRun && !(strict && import.Errors.Count > 0))
                {
                    await transaction.CommitAsync(cancelled);
                }

                return outcome;
            },
            committed: async cancelled =>
                import?.FirstVersionId is { } id && await db.FileVersions.AnyAsync(v => v.Id == id, cancelled) ? outcome : null,
            cancellationToken);
    }

    private async Task<ImportResult> MergeAsync(Import import, ArchiveReader archive, CancellationToken cancellationToken)
    {
        archive.StartOver();
        var metadata = ImportMetadata.Read(archive, options.Value);
        var plan = await ImportPlan.MakeAsync(db, import.StashId, archive, metadata, options.Value.MaxArchiveFolders, cancellationToken);
        await db.EnsureFoldersAsync(import.StashId, plan.Folders, import.Folders, import.Now, cancellationToken);

        // One round for each version: a statement writes one version of a file, and of a thousand files at once.
        var left = plan.Files.ConvertAll(file => new IncomingHistory(
            file, plan.Created.Contains(file) ? metadata.KindOf(file) : null, metadata.StepsOf(file, plan.Created.Contains(file))));
        var skipped = new HashSet<ArchiveFile>();
        for (var round = 0; left.Count > 0 || round == 0; round++)
        {
            await WriteRoundAsync(import, archive, left, round, skipped, plan.Skipped, cancellationToken);
            left = left.FindAll(file => file.Steps.Count > round + 1);
        }

        var written = plan.Files.FindAll(file => !skipped.Contains(file));
        await metadata.ApplyAsync(
            db, import.StashId, import.UserId, options.Value, written, written.FindAll(plan.Created.Contains), import.Now, cancellationToken);

        return new ImportResult(import.Created, import.Updated, import.Unchanged, plan.Skipped);
    }

    private async Task WriteRoundAsync(
        Import import,
        ArchiveReader archive,
        List<IncomingHistory> files,
        int round,
        HashSet<ArchiveFile> skipped,
        List<SkippedEntry> reasons,
        CancellationToken cancellationToken)
    {
        var batch = new List<IncomingFile>();
        var batchBytes = 0;
        foreach (var file in files.Where(file => !skipped.Contains(file.File)))
        {
            var step = file.Steps[round];
            if (archive.Read(step.Source, out var reason) is not { } content)
            {
                if (file.Steps.Count > 1)
                {
                    // Some of its versions may be written by now, and half a history is another one.
                    throw new ArchiveException($"The history of '{file.File.Path}' cannot be kept: {reason}");
                }

                skipped.Add(file.File);
                reasons.Add(new SkippedEntry(file.File.Path, reason));
                continue;
            }

            if (step.Sha256 is { } expected && expected != Convert.ToHexStringLower(content.Hash))
            {
                throw ArchiveMetadata.Bad($"a version of '{file.File.Path}' is named, whose text the archive does not have");
            }

            batch.Add(new IncomingFile(file.File.Path, content, file.Kind, step.Message));
            batchBytes += content.Size;
            if (batchBytes >= options.Value.ImportBatchBytes || batch.Count == MaxBatchFiles)
            {
                await WriteBatchAsync(import, batch, round, cancellationToken);
                batch.Clear();
                batchBytes = 0;
            }
        }

        await WriteBatchAsync(import, batch, round, cancellationToken);
    }

    private async Task WriteBatchAsync(Import import, List<IncomingFile> batch, int round, CancellationToken cancellationToken)
    {
        // Folders first, and only of files that are really imported: a folder of nothing but pictures is not worth keeping.
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in batch)
        {
            StashPath.AddAncestors(folders, file.Path);
        }

        await db.EnsureFoldersAsync(import.StashId, folders, import.Folders, import.Now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        import.FoldersMade |= db.FoldersMade();
        db.ChangeTracker.Clear();
        if (batch.Count == 0)
        {
            return;
        }

        var merged = await writer.MergeAsync(
            import.StashId, import.UserId, import.UserId, batch.ConvertAll(file => Place(import, file)), import.Now, cancellationToken);
        import.FirstVersionId ??= merged.VersionId;
        import.Errors.Look(merged.Written);

        // What comes in later rounds is the history of files that the first one has counted.
        if (round == 0)
        {
            import.Created += merged.Created;
            import.Updated += merged.Updated;
            import.Unchanged += merged.Unchanged;
        }
    }

    private static FileToMerge Place(Import import, IncomingFile file)
    {
        var name = StashPath.NameOf(file.Path);
        var folder = StashPath.ParentOf(file.Path) is { } parent ? import.Folders[parent] : null;

        return new FileToMerge(folder is null ? name : $"{folder.Path}/{name}", folder?.Id, file.Content, file.Kind, file.Message);
    }

    private sealed record IncomingFile(string Path, FileContent Content, FileKind? Kind, string? Message);

    private sealed record IncomingHistory(ArchiveFile File, FileKind? Kind, List<ImportStep> Steps);

    private sealed class Import(Guid stashId, Guid userId, StrictErrors errors, DateTimeOffset now)
    {
        public Guid StashId => stashId;
        public Guid UserId => userId;
        public StrictErrors Errors => errors;
        public DateTimeOffset Now => now;
        public Dictionary<string, FolderPlace> Folders { get; } = new(StringComparer.Ordinal);

        /// <summary>To count them: an archive may hold nothing but folders.</summary>
        public UsageKinds FoldersMade { get; set; }

        /// <summary>A row that is there if, and only if, the transaction was committed.</summary>
        public Guid? FirstVersionId { get; set; }

        public int Created { get; set; }
        public int Updated { get; set; }
        public int Unchanged { get; set; }
    }
}
