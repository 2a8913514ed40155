using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Trash;

/// <summary>Removes texts that no version holds any more.</summary>
internal sealed class ContentCollector(StashesDbContext db, ContentStore contents)
{
    /// <summary>How much text is unpacked at a time, in bytes; a single larger one is taken by itself.</summary>
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Removes those of the owner's contents that nothing refers to, inside the caller's transaction and after it has deleted versions. What was packed
    /// against one of them is packed again, alone.
    /// </summary>
    /// <param name="ownerId">Whose contents.</param>
    /// <param name="hashes">The contents of the versions that were deleted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CollectAsync(Guid ownerId, byte[][] hashes, CancellationToken cancellationToken)
    {
        if (hashes.Length == 0)
        {
            return;
        }

        // A writer that has saved one of these contents holds its row until the version is written; who comes later waits for this
        // transaction and stores the content anew. So what the next statement finds unused stays unused.
        await db.Database.ExecuteSqlAsync(
            $"SELECT FROM stashes.contents WHERE owner_id = {ownerId} AND hash = ANY ({hashes}) ORDER BY hash FOR UPDATE", cancellationToken);

        // Each content is looked up by itself, in the one index that has this order: of an owner who is newer than the statistics the planner
        // expects one version, and would compare each content to all of them.
        var unused = (await db.Database
            .SqlQuery<byte[]>(
                $"""
                SELECT c.hash AS "Value"
                FROM stashes.contents AS c
                WHERE c.owner_id = {ownerId} AND c.hash = ANY ({hashes})
                  AND (SELECT (v.owner_id, v.content_hash) FROM stashes.file_versions AS v
                       WHERE (v.owner_id, v.content_hash) >= (c.owner_id, c.hash)
                       ORDER BY v.owner_id, v.content_hash LIMIT 1) IS DISTINCT FROM (c.owner_id, c.hash)
                """)
            .ToListAsync(cancellationToken)).ToArray();
        if (unused.Length == 0)
        {
            return;
        }

        await RepackDependentsAsync(ownerId, unused, cancellationToken);

        await db.DeleteContentsAsync(ownerId, unused, cancellationToken);
    }

    private async Task RepackDependentsAsync(Guid ownerId, byte[][] unused, CancellationToken cancellationToken)
    {
        var dependents = await db.Database
            .SqlQuery<Dependent>(
                $"""
                SELECT c.hash, c.size
                FROM stashes.contents AS c
                WHERE c.owner_id = {ownerId} AND c.base_hash = ANY ({unused}) AND c.hash <> ALL ({unused})
                ORDER BY c.hash
                """)
            .ToListAsync(cancellationToken);

        var batch = new List<byte[]>();
        var bytes = 0L;
        foreach (var dependent in dependents)
        {
            if (batch.Count > 0 && bytes + dependent.Size > MaxBatchBytes)
            {
                await RepackAsync(ownerId, batch, cancellationToken);
                batch.Clear();
                bytes = 0;
            }

            batch.Add(dependent.Hash);
            bytes += dependent.Size;
        }

        await RepackAsync(ownerId, batch, cancellationToken);
    }

    /// <summary>Their depth is 0 now; that of what is packed against them stays, as the bound that it is.</summary>
    private async Task RepackAsync(Guid ownerId, List<byte[]> hashes, CancellationToken cancellationToken)
    {
        if (hashes.Count == 0)
        {
            return;
        }

        var packed = new List<PackedContent>(hashes.Count);
        foreach (var (hash, text) in await contents.ReadManyAsync(ownerId, hashes, cancellationToken))
        {
            if (!FileContent.TryCreate(text, int.MaxValue, out var content, out var error))
            {
                throw new InvalidDataException($"The content {hash} cannot be packed again: {error}");
            }

            packed.Add(ContentPacker.Pack(content, @base: null));
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE stashes.contents AS c
            SET codec = p.codec, base_hash = NULL, depth = 0, data = p.data
            FROM unnest({packed.Select(p => p.Hash).ToArray()}, {packed.Select(p => (short)p.Codec).ToArray()}, {packed.Select(p => p.Data).ToArray()})
                AS p (hash, codec, data)
            WHERE c.owner_id = {ownerId} AND c.hash = p.hash
            """, cancellationToken);
    }

    private sealed record Dependent(byte[] Hash, int Size);
}
