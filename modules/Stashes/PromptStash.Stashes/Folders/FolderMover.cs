using System.Text;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Folders;

/// <summary>Gives a folder another place, and everything below it another path. Only under the stash's lock.</summary>
internal static class FolderMover
{
    /// <summary>
    /// Moves the folder to <paramref name="path"/>, however much is in it, by one statement. What was thrown away from below it goes along: it
    /// goes back to where its folder is. Kinds stay what they are; whether the files are in order there has to be found out again.
    /// </summary>
    /// <returns>The path that would have become longer than paths may be; then nothing is moved. Null when all is well.</returns>
    public static async Task<string?> MoveFolderAsync(
        this StashesDbContext db, Folder folder, Guid? parentId, string path, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await FindTooLongAsync(db, folder, path, cancellationToken) is { } tooLong)
        {
            return tooLong;
        }

        // The paths below begin with the folder's, in its own spelling. Characters are PostgreSQL's, not UTF-16 units. What lies in
        // a folder is asked for by the folder alone, here and elsewhere: with the stash beside it PostgreSQL may take any index that begins with
        // the stash, and read all of that for each folder. The stash is set only so that PostgreSQL does not take the indexes on it for untouched:
        // before it splits a page of such a one it looks for entries of dead rows there, and within one statement nothing has died yet.
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH RECURSIVE below AS (
                SELECT {folder.Id} AS id
                UNION ALL
                SELECT f.id FROM below JOIN stashes.folders AS f ON f.parent_id = below.id
            ),
            moved AS (
                UPDATE stashes.folders AS f
                SET path = {path} || substr(f.path, char_length({folder.Path}) + 1),
                    name = CASE WHEN f.id = {folder.Id} THEN {StashPath.NameOf(path)} ELSE f.name END,
                    parent_id = CASE WHEN f.id = {folder.Id} THEN {parentId}::uuid ELSE f.parent_id END,
                    updated_at = CASE WHEN f.deleted_at IS NULL THEN {now} ELSE f.updated_at END
                WHERE f.id = ANY (ARRAY(SELECT id FROM below))
            )
            UPDATE stashes.files AS f
            SET path = {path} || substr(f.path, char_length({folder.Path}) + 1),
                updated_at = CASE WHEN f.deleted_at IS NULL THEN {now} ELSE f.updated_at END,
                checked_rules = NULL,
                stash_id = f.stash_id
            WHERE f.folder_id = ANY (ARRAY(SELECT id FROM below))
            """, cancellationToken);

        return null;
    }

    private static async Task<string?> FindTooLongAsync(
        StashesDbContext db, Folder folder, string path, CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(path) <= Encoding.UTF8.GetByteCount(folder.Path))
        {
            return null;
        }

        var found = await db.Database
            .SqlQuery<string>(
                $"""
                WITH RECURSIVE below AS (
                    SELECT {folder.Id} AS id, {folder.Path} AS path
                    UNION ALL
                    SELECT f.id, f.path FROM below JOIN stashes.folders AS f ON f.parent_id = below.id
                ),
                moved AS (
                    SELECT {path} || substr(path, char_length({folder.Path}) + 1) AS path FROM below
                    UNION ALL
                    SELECT {path} || substr(f.path, char_length({folder.Path}) + 1)
                    FROM stashes.files AS f WHERE f.folder_id = ANY (ARRAY(SELECT id FROM below))
                )
                SELECT path AS "Value" FROM moved WHERE octet_length(path) > {StashPath.MaxBytes} ORDER BY octet_length(path) DESC LIMIT 1
                """)
            .ToListAsync(cancellationToken);

        return found is [var tooLong] ? tooLong : null;
    }
}
