using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Files;

/// <summary>A copy to make of a file, as it is now.</summary>
/// <param name="FolderId">The folder that it comes into; null for the root.</param>
/// <param name="Path">The path there, in the folder's spelling.</param>
internal sealed record FileCopy(Guid SourceId, Guid Id, Guid? FolderId, string Path);

/// <summary>Copies files of an owner inside the caller's transaction, under the lock of the stash that they come into.</summary>
internal static class FileCopier
{
    /// <summary>How many files one statement copies: the role's statement_timeout must not be what decides how many a stash may hold.</summary>
    private const int MaxCopiesAtOnce = 200;

    /// <summary>
    /// The copies start at version 1 with the contents, kinds and tags that the files have. Contents are not read: the new versions refer to the same
    /// rows. Returns how many were copied; a file that was thrown away meanwhile is left out.
    /// </summary>
    /// <param name="db">The context.</param>
    /// <param name="stashId">The stash that they come into.</param>
    /// <param name="author">The owner of both stashes, who copies.</param>
    /// <param name="copies">What to copy.</param>
    /// <param name="withLabels">Whether labels of the current version come along.</param>
    /// <param name="now">The time of the copies.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> CopyFilesAsync(
        this StashesDbContext db,
        Guid stashId,
        Guid author,
        IReadOnlyCollection<FileCopy> copies,
        bool withLabels,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var copied = 0;
        foreach (var chunk in copies.OrderBy(copy => copy.SourceId).Chunk(MaxCopiesAtOnce))
        {
            copied += await CopyChunkAsync(db, stashId, author, chunk, withLabels, now, cancellationToken);
        }

        return copied;
    }

    private static async Task<int> CopyChunkAsync(
        StashesDbContext db, Guid stashId, Guid author, FileCopy[] copies, bool withLabels, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sources = copies.Select(copy => copy.SourceId).ToArray();

        // Kept from being purged, and with them their contents, until the copies refer to those too; and their tags.
        await db.Database.ExecuteSqlAsync($"SELECT FROM stashes.files WHERE id = ANY ({sources}) ORDER BY id FOR KEY SHARE", cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            SELECT FROM stashes.tags AS t
            WHERE t.owner_id = {author} AND EXISTS (SELECT FROM stashes.file_tags AS f WHERE f.tag_id = t.id AND f.file_id = ANY ({sources}))
            ORDER BY t.id
            FOR KEY SHARE
            """, cancellationToken);

        // One statement sees each file at one version. PostgreSQL takes arrays for a few rows: joined with each other in a loop, ten thousand
        // copies and their files took eighteen seconds.
        return (await db.Database
            .SqlQuery<Guid>(
                $"""
                WITH copies AS (
                    SELECT c.*, f.version AS source_version, f.content_hash, f.size, f.tokens
                    FROM unnest({sources}, {copies.Select(c => c.Id).ToArray()}, {copies.Select(_ => Guid.CreateVersion7(now)).ToArray()},
                                {copies.Select(c => c.FolderId).ToArray()}, {copies.Select(c => c.Path).ToArray()},
                                {copies.Select(c => StashPath.NameOf(c.Path)).ToArray()},
                                {copies.Select(c => FileRecognition.TypeOf(c.Path)).ToArray()})
                        AS c (source_id, id, version_id, folder_id, path, name, file_type)
                    JOIN stashes.files AS f ON f.id = c.source_id AND f.owner_id = {author} AND f.deleted_at IS NULL
                ),
                copied AS (
                    INSERT INTO stashes.files (id, stash_id, owner_id, folder_id, name, path, kind, file_type, content, content_hash, size, version,
                                               created_at, updated_at, description, fields, tokens, checked_rules, errors, warnings, infos)
                    SELECT c.id, {stashId}, {author}, c.folder_id, c.name, c.path, f.kind, c.file_type, f.content, f.content_hash, f.size, 1,
                           {now}, {now}, f.description, f.fields, f.tokens, CASE WHEN c.path = f.path THEN f.checked_rules END,
                           f.errors, f.warnings, f.infos
                    FROM copies AS c JOIN stashes.files AS f ON f.id = c.source_id
                    RETURNING id
                ),
                versions AS (
                    INSERT INTO stashes.file_versions (id, file_id, owner_id, version, created_by, created_at, size, content_hash, tokens)
                    SELECT c.version_id, c.id, {author}, 1, {author}, {now}, c.size, c.content_hash, c.tokens
                    FROM copies AS c
                ),
                tags AS (
                    INSERT INTO stashes.file_tags (id, file_id, tag_id, created_at)
                    SELECT gen_random_uuid(), c.id, t.tag_id, {now}
                    FROM copies AS c JOIN stashes.file_tags AS t ON t.file_id = c.source_id
                ),
                labels AS (
                    INSERT INTO stashes.file_labels (file_id, name, version, updated_by, updated_at)
                    SELECT c.id, l.name, 1, {author}, {now}
                    FROM copies AS c JOIN stashes.file_labels AS l ON l.file_id = c.source_id AND l.version = c.source_version
                    WHERE {withLabels}
                )
                SELECT id AS "Value" FROM copied
                """)
            .ToListAsync(cancellationToken)).Count;
    }
}
