using Npgsql;

namespace PromptStash.IntegrationTests.Database;

/// <summary>Rows that are written past the API, each in a stash of a user that nobody else has.</summary>
internal static class Rows
{
    public static async Task<Guid> InsertStashAsync(this NpgsqlConnection database, PromptStashApp app)
    {
        var id = app.NewId();
        await database.ExecuteAsync(
            """
            INSERT INTO stashes.stashes (id, name, scope, user_id, is_default, created_at, updated_at)
            VALUES ($1, 'A stash', 'PROJECT', $2, false, now(), now())
            """, id, app.NewId());

        return id;
    }

    public static async Task<Guid> InsertFolderAsync(this NpgsqlConnection database, PromptStashApp app, Guid stash, string path, bool deleted = false)
    {
        var id = app.NewId();
        await database.ExecuteAsync(
            """
            INSERT INTO stashes.folders (id, name, path, stash_id, created_at, updated_at, deleted_at)
            VALUES ($1, $2, $2, $3, now(), now(), CASE WHEN $4 THEN now() END)
            """, id, path, stash, deleted);

        return id;
    }

    public static async Task<Guid> InsertFileAsync(
        this NpgsqlConnection database, PromptStashApp app, Guid stash, string path, string content = "", bool deleted = false)
    {
        var id = app.NewId();
        await database.ExecuteAsync(
            """
            INSERT INTO stashes.files (id, name, path, content, file_type, kind, stash_id, owner_id, version, size, content_hash, created_at, updated_at, deleted_at)
            SELECT $1, $2, $3, $4, 'MARKDOWN', 'OTHER', id, user_id, 1, octet_length($4), sha256($4::bytea), now(), now(), CASE WHEN $6 THEN now() END
            FROM stashes.stashes WHERE id = $5
            """, id, path.Split('/')[^1], path, content, stash, deleted);

        return id;
    }

    public static async Task<Guid> InsertVersionAsync(this NpgsqlConnection database, PromptStashApp app, Guid file, int version = 1)
    {
        var id = app.NewId();
        await database.ExecuteAsync(
            """
            WITH content AS (
                INSERT INTO stashes.contents (owner_id, hash, codec, depth, size, data)
                SELECT owner_id, sha256('As it was'), 0, 0, 9, 'As it was' FROM stashes.files WHERE id = $2
                ON CONFLICT (owner_id, hash) DO UPDATE SET hash = excluded.hash
                RETURNING owner_id, hash)
            INSERT INTO stashes.file_versions (id, file_id, owner_id, version, created_by, created_at, size, content_hash)
            SELECT $1, $2, owner_id, $3, $1, now(), 9, hash FROM content
            """, id, file, version);

        return id;
    }

    /// <summary>A share of a file with a person.</summary>
    public static async Task<Guid> InsertShareAsync(this NpgsqlConnection database, PromptStashApp app, Guid file)
    {
        var id = app.NewId();
        await database.ExecuteAsync(
            """
            INSERT INTO sharing.file_shares (id, target_type, target_id, file_id, shared_with, permission, created_by, created_at, access_count)
            VALUES ($1, 'FILE', $2, $2, 'grace@example.com', 'VIEW', $1, $3, 0)
            """, id, file, app.Time.GetUtcNow());

        return id;
    }

    /// <summary>That somebody used a share.</summary>
    public static Task InsertAccessAsync(this NpgsqlConnection database, PromptStashApp app, Guid share) => database.ExecuteAsync(
        "INSERT INTO sharing.share_accesses (id, share_id, user_id, ip_hash, action, outcome, created_at) VALUES ($1, $2, $1, sha256('somewhere'), 'VIEW', 'OK', now())",
        app.NewId(), share);

    public static Task<bool> HasEndedAsync(this NpgsqlConnection database, Guid share) =>
        database.ScalarAsync<bool>("SELECT revoked_at IS NOT NULL FROM sharing.file_shares WHERE id = $1", share);

    public static Guid NewId(this PromptStashApp app) => Guid.CreateVersion7(app.Time.GetUtcNow());
}
