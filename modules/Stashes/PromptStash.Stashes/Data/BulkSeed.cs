using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace PromptStash.Stashes.Data;

/// <summary>
/// Generated files by the hundred thousand, to see how the system is with them. By COPY, a stash at a time in a transaction of its own: what was
/// finished stays when it is stopped, and the next run goes on behind it.
/// </summary>
internal static class BulkSeed
{
    public const int FilesPerStash = 10_000;

    /// <summary>A stash below the default limit of what a user may keep, so that each can still write.</summary>
    public const int FilesPerOwner = 90_000;

    private static readonly string[] Subjects = ["billing", "search", "imports", "sessions", "reports", "mail", "permissions", "caching", "exports", "scheduling"];
    private static readonly string[] Tasks = ["reviews", "documents", "tests", "migrates", "profiles", "translates", "summarises", "hardens"];

    /// <param name="connection">To PostgreSQL itself.</param>
    /// <param name="ownerIds">Whose files they will be: <see cref="FilesPerOwner"/> for each.</param>
    /// <param name="files">How many there shall be.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told how many there are, after each stash.</param>
    /// <param name="cancellationToken">Stops it; the stash under way is undone.</param>
    public static async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<Guid> ownerIds, int files, TimeProvider time, Action<int> progress, CancellationToken cancellationToken)
    {
        for (var first = 0; first < files; first += FilesPerStash)
        {
            var count = Math.Min(FilesPerStash, files - first);
            await WriteStashAsync(connection, ownerIds[first / FilesPerOwner], first, count, time.GetUtcNow(), cancellationToken);
            progress(first + count);
        }
    }

    private static async Task WriteStashAsync(
        NpgsqlConnection connection, Guid ownerId, int first, int count, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var stashId = Guid.CreateVersion7(now);
        await using (var insert = new NpgsqlCommand(
            """
            INSERT INTO stashes.stashes (id, name, scope, description, user_id, is_default, created_at, updated_at)
            VALUES ($1, $2, 'PROJECT', 'Generated files', $3, false, $4, $4)
            ON CONFLICT (user_id, lower(name)) WHERE deleted_at IS NULL DO NOTHING
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = stashId },
                new() { Value = string.Create(CultureInfo.InvariantCulture, $"Generated {first / FilesPerStash:00000}") },
                new() { Value = ownerId },
                new() { Value = now },
            },
        })
        {
            if (await insert.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return; // A run before this one made it.
            }
        }

        var rows = Enumerable.Range(first, count).Select(number => Row.Of(number, now)).ToList();
        await WriteContentsAsync(connection, ownerId, rows, cancellationToken);
        await WriteFilesAsync(connection, ownerId, stashId, rows, now, cancellationToken);
        await WriteVersionsAsync(connection, ownerId, rows, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task WriteContentsAsync(NpgsqlConnection connection, Guid ownerId, List<Row> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY stashes.contents (owner_id, hash, codec, depth, size, data) FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(ownerId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(row.Hash, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync((short)ContentCodec.Raw, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync((short)0, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(row.Bytes.Length, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(row.Bytes, NpgsqlDbType.Bytea, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    /// <summary>As text, in which enums are their names whatever the connection knows of types.</summary>
    private static async Task WriteFilesAsync(
        NpgsqlConnection connection, Guid ownerId, Guid stashId, List<Row> rows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginTextImportAsync(
            "COPY stashes.files (id, name, path, content, file_type, kind, stash_id, owner_id, version, size, content_hash, fields, created_at, updated_at, errors, warnings, infos) FROM STDIN",
            cancellationToken);
        foreach (var row in rows)
        {
            await copy.WriteAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Id}\t{row.Name}\t{row.Path}\t{row.Text.Replace("\n", "\\n", StringComparison.Ordinal)}\tMARKDOWN\tAGENT\t{stashId}\t{ownerId}\t1\t{row.Bytes.Length}\t\\\\x{Convert.ToHexStringLower(row.Hash)}\t{{}}\t{now:O}\t{now:O}\t0\t0\t0\n"));
        }
    }

    private static async Task WriteVersionsAsync(
        NpgsqlConnection connection, Guid ownerId, List<Row> rows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY stashes.file_versions (id, file_id, owner_id, version, created_by, created_at, size, content_hash) FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(Guid.CreateVersion7(now), NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(row.Id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(ownerId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(1, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(ownerId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(row.Bytes.Length, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(row.Hash, NpgsqlDbType.Bytea, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    /// <summary>A file that looks like an agent; each is another one.</summary>
    private sealed record Row(Guid Id, string Name, string Path, string Text, byte[] Bytes, byte[] Hash)
    {
        public static Row Of(int number, DateTimeOffset now)
        {
            var (subject, task) = (Subjects[number % Subjects.Length], Tasks[number / Subjects.Length % Tasks.Length]);
            var name = string.Create(CultureInfo.InvariantCulture, $"{subject}-{number:0000000}.md");
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                ---
                name: {subject}-{number:0000000}
                description: {char.ToUpperInvariant(task[0])}{task[1..]} the part that does {subject}. Use after changes to it.
                tools: Read, Grep
                ---

                Agent {number} {task} {subject}. Read the files that changed and those that call them, list what may
                break in order of weight, and stop after {3 + (number % 7)} findings. Change nothing without being asked to.

                """).ReplaceLineEndings("\n");
            var bytes = Encoding.UTF8.GetBytes(text);

            return new(Guid.CreateVersion7(now), name, $".claude/agents/{name}", text, bytes, SHA256.HashData(bytes));
        }
    }
}
