using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Usage;

namespace PromptStash.Stashes.Versions;

/// <summary>What came of writing a file's content.</summary>
internal enum WriteOutcome
{
    /// <summary>There is a new version.</summary>
    Written,

    /// <summary>The file holds this very content already.</summary>
    Unchanged,

    /// <summary>The file is at another version than the writer thinks.</summary>
    Stale,

    /// <summary>The writer has no such file.</summary>
    NotFound,
}

/// <summary>The outcome of a write, and the version that the file is at after it.</summary>
/// <param name="Facts">What was read off the new version; null where there is none.</param>
internal sealed record WriteResult(WriteOutcome Outcome, int Version, FileFacts? Facts = null);

/// <summary>A content to write at a path.</summary>
/// <param name="Path">With the spelling that the folders above it have.</param>
/// <param name="FolderId">The folder above it; null at the root.</param>
internal sealed record FileToMerge(string Path, Guid? FolderId, FileContent Content, FileKind? Kind, string? Message);

/// <summary>A content that was written, and what was read off it.</summary>
internal sealed record MergedFile(FileToMerge File, FileFacts Facts);

/// <summary>What a merge did.</summary>
/// <param name="Written">What it created or updated.</param>
/// <param name="VersionId">Of one of the versions that it wrote: a row that is there if, and only if, the transaction was committed.</param>
internal sealed record MergeResult(int Created, int Updated, int Unchanged, IReadOnlyList<MergedFile> Written, Guid? VersionId);

/// <summary>The one way in which contents become versions.</summary>
internal sealed class FileWriter(StashesDbContext db, StashAccess access, ContentStore contents, UsageLimits usage)
{
    /// <summary>How often a write of whatever is there (<c>If-Match: *</c>) is tried while others write the same file.</summary>
    private const int MaxTries = 100;

    /// <summary>
    /// Writes a new version of a file, if it is still at one of <paramref name="versions"/> (or at whatever, with <paramref name="any"/>):
    /// compare and swap. Of two writers the second waits for the first one's row lock, compares again and finds nothing to do.
    /// </summary>
    /// <param name="editable">The files that the author may write to.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="author">Who writes.</param>
    /// <param name="any">Whatever the version is.</param>
    /// <param name="versions">The versions that the author has seen.</param>
    /// <param name="content">What to write.</param>
    /// <param name="message">Why, in the author's words.</param>
    /// <param name="now">The time of the version.</param>
    /// <param name="cancellationToken">Ends it; what is not committed is undone.</param>
    public Task<WriteResult> ReplaceAsync(
        IQueryable<StashFile> editable,
        Guid fileId,
        Guid author,
        bool any,
        int[] versions,
        FileContent content,
        string? message,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        ReplaceAsync(editable, fileId, author, any, versions, content, message, Guid.CreateVersion7(now), now, cancellationToken);

    /// <summary>
    /// The same under an id that the version is to have: a row with it is there if, and only if, the write was committed, and a second write
    /// under it breaks the primary key.
    /// </summary>
    public async Task<WriteResult> ReplaceAsync(
        IQueryable<StashFile> editable,
        Guid fileId,
        Guid author,
        bool any,
        int[] versions,
        FileContent content,
        string? message,
        Guid versionId,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var head = await editable
                .Where(f => f.Id == fileId)
                .Join(db.Contents, f => new { f.OwnerId, Hash = f.ContentHash }, c => new { c.OwnerId, c.Hash }, (f, c) => new Head(
                    f.OwnerId, f.Path, f.Kind, f.Version, new ContentBase(f.ContentHash, f.Content, c.Depth)))
                .SingleOrDefaultAsync(cancellationToken);
            if (head is null)
            {
                return new WriteResult(WriteOutcome.NotFound, 0);
            }

            if (!any && !versions.Contains(head.Version))
            {
                return new WriteResult(WriteOutcome.Stale, head.Version);
            }

            if (CryptographicOperations.FixedTimeEquals(head.Content.Hash, content.Hash))
            {
                return new WriteResult(WriteOutcome.Unchanged, head.Version);
            }

            var written = await SwapAsync(fileId, author, head, content, message, versionId, now, cancellationToken);
            if (written is not null || tries == MaxTries)
            {
                return written ?? new WriteResult(WriteOutcome.Stale, head.Version);
            }
        }
    }

    /// <summary>
    /// Writes contents at paths of a stash: new files where there are none, new versions where there are others. Inside the caller's
    /// transaction, under the stash's lock, with the folders made.
    /// </summary>
    public async Task<MergeResult> MergeAsync(
        Guid stashId, Guid ownerId, Guid author, IReadOnlyList<FileToMerge> files, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (files.Count == 0)
        {
            return new MergeResult(0, 0, 0, [], VersionId: null);
        }

        var places = await LockPlacesAsync(stashId, files, cancellationToken);
        // Checking and packing are pure work for the processor, and the stash is locked meanwhile: all cores together.
        var writes = files.Zip(places)
            .Where(pair => pair.Second.Content is not { } old || !CryptographicOperations.FixedTimeEquals(old.Hash, pair.First.Content.Hash))
            .AsParallel().AsOrdered().WithCancellation(cancellationToken)
            .Select(pair => Write.Of(pair.First, pair.Second, now))
            .ToList();

        await contents.SaveAsync(ownerId, writes.Select(write => write.Packed), cancellationToken);
        await WriteAsync(stashId, ownerId, author, writes, now, cancellationToken);
        var updated = writes.Count(write => write.FileId is not null);

        return new MergeResult(
            writes.Count - updated,
            updated,
            files.Count - writes.Count,
            writes.ConvertAll(write => new MergedFile(write.File, write.Facts)),
            writes.Count == 0 ? null : writes[0].VersionId);
    }

    /// <summary>Null when somebody else was faster.</summary>
    private Task<WriteResult?> SwapAsync(
        Guid fileId, Guid author, Head head, FileContent content, string? message, Guid versionId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var facts = FileFacts.Of(head.Path, content.Text, FileFacts.KindToKeep(head.Kind, head.Path, head.Content.Text));
        var packed = ContentPacker.Pack(content, head.Content);
        var version = head.Version + 1;

        return db.InTransactionAsync<WriteResult?>(
            async (transaction, cancelled) =>
            {
                // The row lock comes first: it keeps the version that the new one is packed against from being purged. What was found out is
                // true of the path and the kind that were read: of a file that was moved meanwhile it is read again.
                var swapped = await db.Files
                    .Where(f => f.Id == fileId && f.Version == head.Version && f.Path == head.Path && f.Kind == head.Kind)
                    .Where(f => f.DeletedAt == null && f.Stash.DeletedAt == null)
                    .ExecuteUpdateAsync(
                        f => f
                            .SetProperty(file => file.Content, content.Text)
                            .SetProperty(file => file.ContentHash, content.Hash)
                            .SetProperty(file => file.Size, content.Size)
                            .SetProperty(file => file.Version, version)
                            .SetProperty(file => file.UpdatedAt, now)
                            .SetProperty(file => file.Kind, facts.Kind)
                            .SetProperty(file => file.Description, facts.Description)
                            .SetProperty(file => file.Fields, facts.Fields)
                            .SetProperty(file => file.Tokens, facts.Tokens)
                            .SetProperty(file => file.CheckedRules, facts.CheckedRules)
                            .SetProperty(file => file.Errors, facts.Errors)
                            .SetProperty(file => file.Warnings, facts.Warnings)
                            .SetProperty(file => file.Infos, facts.Infos),
                        cancelled);
                if (swapped == 0)
                {
                    return null;
                }

                await contents.SaveAsync(head.OwnerId, [packed], cancelled);
                db.FileVersions.Add(new FileVersion
                {
                    Id = versionId,
                    FileId = fileId,
                    OwnerId = head.OwnerId,
                    Version = version,
                    CreatedBy = author,
                    CreatedAt = now,
                    Message = message,
                    Size = content.Size,
                    ContentHash = content.Hash,
                    Tokens = facts.Tokens,
                });
                await db.SaveChangesAsync(cancelled);
                await usage.CheckAsync(head.OwnerId, UsageKinds.Bytes, cancelled);
                await access.ConfirmContentAsync(fileId, cancelled);
                await transaction.CommitAsync(cancelled);

                return new WriteResult(WriteOutcome.Written, version, facts);
            },
            committed: async cancelled =>
                await db.FileVersions.AnyAsync(v => v.Id == versionId, cancelled) ? new WriteResult(WriteOutcome.Written, version, facts) : null,
            cancellationToken);
    }

    /// <summary>
    /// What is at the paths, in their order. Rows that are there are locked: a content is replaced under its file's lock alone, and what the
    /// new version is packed against must still be the last one when it is written.
    /// </summary>
    private async Task<List<Place>> LockPlacesAsync(Guid stashId, IReadOnlyList<FileToMerge> files, CancellationToken cancellationToken)
    {
        var paths = files.Select(file => file.Path).ToArray();
        var hashes = files.Select(file => file.Content.Hash).ToArray();
        await db.Database.ExecuteSqlAsync(
            $"""
            SELECT FROM stashes.files AS f
            WHERE f.deleted_at IS NULL AND f.id = ANY (ARRAY(
                SELECT found.id FROM unnest({paths}) AS p (path)
                CROSS JOIN LATERAL stashes.file_at({stashId}, p.path) AS found))
            ORDER BY f.id
            FOR NO KEY UPDATE OF f
            """, cancellationToken);

        // The text only of files that are about to change: an import of what is there already reads no contents.
        var rows = await db.Database
            .SqlQuery<PlaceRow>(
                $"""
                SELECT f.id AS file_id, f.kind, f.content_hash AS hash, c.depth, CASE WHEN f.content_hash <> p.hash THEN f.content END AS text
                FROM unnest({paths}, {hashes}) WITH ORDINALITY AS p (path, hash, n)
                LEFT JOIN LATERAL stashes.file_at({stashId}, p.path) AS f ON true
                LEFT JOIN stashes.contents AS c ON c.owner_id = f.owner_id AND c.hash = f.content_hash
                ORDER BY p.n
                """)
            .ToListAsync(cancellationToken);

        return rows.ConvertAll(row => new Place(
            row.FileId, row.Kind, row.Hash is null ? null : new ContentBase(row.Hash, row.Text ?? "", row.Depth!.Value)));
    }

    private async Task WriteAsync(
        Guid stashId, Guid ownerId, Guid author, List<Write> writes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (writes.Count == 0)
        {
            return;
        }

        // Through EF Core, so that it carries the operation's name and is watched like every other command.
        await db.Database.ExecuteSqlRawAsync(
            Statement,
            [
                new NpgsqlParameter { Value = stashId },
                new NpgsqlParameter { Value = ownerId },
                new NpgsqlParameter { Value = author },
                new NpgsqlParameter { Value = now },
                Array(write => write.FileId),
                Array(write => write.NewId),
                Array(write => write.VersionId),
                Array(write => write.File.Path),
                Array(write => StashPath.NameOf(write.File.Path)),
                Array(write => write.File.FolderId),
                Array(write => write.Facts.Kind),
                Array(write => write.Facts.Type),
                Array(write => write.File.Content.Text),
                Array(write => write.File.Content.Hash),
                Array(write => write.File.Content.Size),
                Array(write => write.File.Message),
                Array(write => write.Facts.Description),
                Array(write => string.Join('\n', write.Facts.Fields)),
                Array(write => write.Facts.Tokens),
                Array(write => write.Facts.CheckedRules),
                Array(write => write.Facts.Errors),
                Array(write => write.Facts.Warnings),
                Array(write => write.Facts.Infos),
            ],
            cancellationToken);

        NpgsqlParameter Array<T>(Func<Write, T> select) => new() { Value = writes.Select(select).ToArray() };
    }

    /// <summary>With EF Core's placeholders; doubled braces are PostgreSQL's.</summary>
    private const string Statement =
        """
        WITH incoming AS (
            SELECT i.*, COALESCE(string_to_array(NULLIF(i.field_lines, ''), E'\n'), '{{}}') AS fields
            FROM unnest({4}::uuid[], {5}::uuid[], {6}::uuid[], {7}::text[], {8}::text[], {9}::uuid[], {10}::stashes.file_kind[], {11}::stashes.file_type[],
                        {12}::text[], {13}::bytea[], {14}::integer[], {15}::text[], {16}::text[], {17}::text[], {18}::integer[], {19}::integer[],
                        {20}::integer[], {21}::integer[], {22}::integer[])
                AS i (file_id, new_id, version_id, path, name, folder_id, kind, file_type, content, content_hash, size, message, description,
                      field_lines, tokens, checked_rules, errors, warnings, infos)
        ),
        created AS (
            INSERT INTO stashes.files (id, stash_id, owner_id, folder_id, name, path, kind, file_type, content, content_hash, size, version,
                                       created_at, updated_at, description, fields, tokens, checked_rules, errors, warnings, infos)
            SELECT new_id, {0}, {1}, folder_id, name, path, kind, file_type, content, content_hash, size, 1,
                   {3}, {3}, description, fields, tokens, checked_rules, errors, warnings, infos
            FROM incoming WHERE file_id IS NULL
            RETURNING id, version
        ),
        updated AS (
            UPDATE stashes.files AS f
            SET content = i.content, content_hash = i.content_hash, size = i.size, version = f.version + 1, updated_at = {3}, kind = i.kind, description = i.description,
                fields = i.fields, tokens = i.tokens, checked_rules = i.checked_rules, errors = i.errors, warnings = i.warnings, infos = i.infos
            FROM incoming AS i
            WHERE f.id = i.file_id
            RETURNING f.id, f.version
        )
        INSERT INTO stashes.file_versions (id, file_id, owner_id, version, created_by, created_at, message, size, content_hash, tokens)
        SELECT i.version_id, w.id, {1}, w.version, {2}, {3}, i.message, i.size, i.content_hash, i.tokens
        FROM incoming AS i
        JOIN (SELECT * FROM created UNION ALL SELECT * FROM updated) AS w ON w.id = COALESCE(i.file_id, i.new_id)
        """;

    private sealed record Head(Guid OwnerId, string Path, FileKind Kind, int Version, ContentBase Content);

    private sealed record Place(Guid? FileId, FileKind? Kind, ContentBase? Content);

    private sealed record PlaceRow(Guid? FileId, FileKind? Kind, byte[]? Hash, short? Depth, string? Text);

    private sealed record Write(Guid NewId, Guid VersionId, Guid? FileId, FileToMerge File, FileFacts Facts, PackedContent Packed)
    {
        public static Write Of(FileToMerge file, Place place, DateTimeOffset now)
        {
            var kind = file.Kind ?? (place.Kind is { } known ? FileFacts.KindToKeep(known, file.Path, place.Content!.Text) : null);

            return new(
                Guid.CreateVersion7(now), Guid.CreateVersion7(now), place.FileId, file,
                FileFacts.Of(file.Path, file.Content.Text, kind), ContentPacker.Pack(file.Content, place.Content));
        }
    }
}
