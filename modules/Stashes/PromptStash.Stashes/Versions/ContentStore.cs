using System.Text;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

/// <summary>Stores texts by their hashes and finds them again.</summary>
internal sealed class ContentStore(StashesDbContext db)
{
    /// <summary>
    /// Stores what the owner does not have yet. A content that is there already is locked, so that nothing removes it between this statement
    /// and the version that will hold it; in order of the hashes, so that two writers wait for each other rather than for ever.
    /// </summary>
    public Task SaveAsync(Guid ownerId, IEnumerable<PackedContent> contents, CancellationToken cancellationToken)
    {
        var distinct = contents.DistinctBy(content => Convert.ToHexString(content.Hash)).ToArray();

        return distinct.Length == 0
            ? Task.CompletedTask
            : db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO stashes.contents (owner_id, hash, codec, base_hash, depth, size, data)
                SELECT {ownerId}, i.hash, i.codec, i.base_hash, i.depth, i.size, i.data
                FROM unnest({distinct.Select(c => c.Hash).ToArray()}, {distinct.Select(c => (short)c.Codec).ToArray()},
                            {distinct.Select(c => c.BaseHash).ToArray()}, {distinct.Select(c => c.Depth).ToArray()},
                            {distinct.Select(c => c.Size).ToArray()}, {distinct.Select(c => c.Data).ToArray()})
                    AS i (hash, codec, base_hash, depth, size, data)
                ORDER BY i.hash
                ON CONFLICT (owner_id, hash) DO UPDATE SET hash = excluded.hash
                """, cancellationToken);
    }

    /// <summary>The text of a version; null when the file has no such version. The caller has seen to it that the file may be read.</summary>
    public async Task<string?> ReadVersionAsync(Guid fileId, int version, CancellationToken cancellationToken)
    {
        var rows = await ReadRowsAsync(
            $"""
            WITH RECURSIVE chain AS (
                SELECT v.owner_id, v.content_hash AS hash, c.base_hash
                FROM stashes.file_versions AS v
                JOIN stashes.contents AS c ON c.owner_id = v.owner_id AND c.hash = v.content_hash
                WHERE v.file_id = {fileId} AND v.version = {version}
                UNION ALL
                SELECT c.owner_id, c.hash, c.base_hash
                FROM chain CROSS JOIN LATERAL stashes.content_of(chain.owner_id, chain.base_hash) AS c)
            SELECT c.hash, c.codec, c.base_hash, c.depth, c.size, c.data
            FROM chain CROSS JOIN LATERAL stashes.content_of(chain.owner_id, chain.hash) AS c
            ORDER BY c.depth
            """,
            cancellationToken);

        // Each is packed against the one before it.
        byte[]? text = null;
        foreach (var row in rows)
        {
            text = ContentPacker.Unpack(row, text);
        }

        return text is null ? null : Encoding.UTF8.GetString(text);
    }

    /// <summary>Texts by their hashes in hexadecimal. The caller bounds how much that is.</summary>
    public async Task<Dictionary<string, string>> ReadManyAsync(Guid ownerId, IEnumerable<byte[]> hashes, CancellationToken cancellationToken)
    {
        var wanted = hashes.DistinctBy(Convert.ToHexString).ToArray();
        var rows = await ReadRowsAsync(
            $"""
            WITH RECURSIVE chain AS (
                SELECT c.hash, c.base_hash FROM stashes.contents AS c WHERE c.owner_id = {ownerId} AND c.hash = ANY ({wanted})
                UNION
                SELECT c.hash, c.base_hash
                FROM chain CROSS JOIN LATERAL stashes.content_of({ownerId}, chain.base_hash) AS c)
            SELECT c.hash, c.codec, c.base_hash, c.depth, c.size, c.data
            FROM chain CROSS JOIN LATERAL stashes.content_of({ownerId}, chain.hash) AS c
            ORDER BY c.depth
            """,
            cancellationToken);

        var texts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            texts.Add(Convert.ToHexString(row.Hash), ContentPacker.Unpack(row, row.BaseHash is null ? null : texts[Convert.ToHexString(row.BaseHash)]));
        }

        return wanted
            .Select(Convert.ToHexString)
            .Where(texts.ContainsKey)
            .ToDictionary(hash => hash, hash => Encoding.UTF8.GetString(texts[hash]), StringComparer.Ordinal);
    }

    /// <summary>Through the context's own connection, so that it sees what its transaction has written.</summary>
    private Task<List<PackedContent>> ReadRowsAsync(FormattableString sql, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<PackedContent>(sql).ToListAsync(cancellationToken);
}
