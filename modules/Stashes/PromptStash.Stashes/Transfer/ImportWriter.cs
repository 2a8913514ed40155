using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Folders;

namespace PromptStash.Stashes.Transfer;

/// <summary>Merges an archive into a stash in one transaction, a few megabytes at a time.</summary>
internal sealed class ImportWriter(StashesDbContext db, IOptions<StashesOptions> options, TimeProvider time)
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

                import = new Import(stashId, userId, now, transaction);
                result = await MergeAsync(import, archive, cancelled);
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

    /// <summary>One statement merges a batch: it inserts what is new, bumps what is different, and writes a version for both.</summary>
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

        var places = batch.ConvertAll(file => StashPath.ParentOf(file.Path) is { } parent ? import.Folders[parent] : null);
        var names = batch.ConvertAll(file => StashPath.NameOf(file.Path));
        var paths = batch.Select((_, i) => places[i] is { } place ? $"{place.Path}/{names[i]}" : names[i]).ToArray();

        await using var command = new NpgsqlCommand(Merge, (NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction)import.Transaction.GetDbTransaction())
        {
            Parameters =
            {
                new() { Value = import.StashId },
                new() { Value = import.UserId },
                new() { Value = import.Now },
                new() { Value = NewIds(batch.Count, import.Now) },
                new() { Value = NewIds(batch.Count, import.Now) },
                new() { Value = paths },
                new() { Value = names.ToArray() },
                new() { Value = places.Select(place => place?.Id).ToArray() },
                new() { Value = batch.Select(file => FileRecognition.KindOf(file.Path, file.Content.Text)).ToArray() },
                new() { Value = batch.Select(file => FileRecognition.TypeOf(file.Path)).ToArray() },
                new() { Value = batch.Select(file => file.Content.Text).ToArray() },
                new() { Value = batch.Select(file => file.Content.Hash).ToArray() },
                new() { Value = batch.Select(file => file.Content.Size).ToArray() },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var created = (int)reader.GetInt64(0);
        var updated = (int)reader.GetInt64(1);
        if (import.FirstVersionId is null && created + updated > 0)
        {
            import.FirstVersionId = reader.GetGuid(2);
        }

        import.Created += created;
        import.Updated += updated;
        import.Unchanged += batch.Count - created - updated;
    }

    private static Guid[] NewIds(int count, DateTimeOffset now) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7(now))];

    private const string Merge =
        """
        WITH incoming AS (
            SELECT i.*, f.id AS file_id
            FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::stashes.file_kind[], $10::stashes.file_type[],
                        $11::text[], $12::bytea[], $13::integer[])
                AS i (new_id, version_id, path, name, folder_id, kind, file_type, content, content_hash, size)
            LEFT JOIN stashes.files AS f ON f.stash_id = $1 AND lower(f.path) = lower(i.path) AND f.deleted_at IS NULL
        ),
        created AS (
            INSERT INTO stashes.files (id, stash_id, folder_id, name, path, kind, file_type, content, content_hash, size, version, created_at, updated_at)
            SELECT new_id, $1, folder_id, name, path, kind, file_type, content, content_hash, size, 1, $3, $3
            FROM incoming WHERE file_id IS NULL
            RETURNING id, version
        ),
        updated AS (
            UPDATE stashes.files AS f
            SET content = i.content, content_hash = i.content_hash, size = i.size, version = f.version + 1, updated_at = $3
            FROM incoming AS i
            WHERE f.id = i.file_id AND f.content_hash <> i.content_hash
            RETURNING f.id, f.version
        ),
        versions AS (
            INSERT INTO stashes.file_versions (id, file_id, content, version, created_by, created_at, size, content_hash)
            SELECT i.version_id, w.id, i.content, w.version, $2, $3, i.size, i.content_hash
            FROM incoming AS i
            JOIN (SELECT * FROM created UNION ALL SELECT * FROM updated) AS w ON w.id = COALESCE(i.file_id, i.new_id)
            RETURNING id
        )
        SELECT (SELECT count(*) FROM created), (SELECT count(*) FROM updated), (SELECT id FROM versions LIMIT 1)
        """;

    private sealed record IncomingFile(string Path, FileContent Content);

    private sealed class Import(Guid stashId, Guid userId, DateTimeOffset now, IDbContextTransaction transaction)
    {
        public Guid StashId => stashId;
        public Guid UserId => userId;
        public DateTimeOffset Now => now;
        public IDbContextTransaction Transaction => transaction;
        public Dictionary<string, FolderPlace> Folders { get; } = new(StringComparer.Ordinal);

        /// <summary>A row that is there if, and only if, the transaction was committed.</summary>
        public Guid? FirstVersionId { get; set; }

        public int Created { get; set; }
        public int Updated { get; set; }
        public int Unchanged { get; set; }
    }
}
