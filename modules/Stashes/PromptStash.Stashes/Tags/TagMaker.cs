using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Tags;

/// <summary>Finds tags by their names, and makes those that are used for the first time.</summary>
internal static class TagMaker
{
    /// <summary>
    /// The ids of the owner's tags with these names, whatever their case, inside the caller's transaction and to its end: nobody can delete or
    /// merge them before. Null when the owner would have more than <paramref name="max"/> tags; then the transaction must not be committed.
    /// </summary>
    /// <param name="db">The context.</param>
    /// <param name="ownerId">Whose tags.</param>
    /// <param name="names">Names that keep the rules of <see cref="TagName"/>.</param>
    /// <param name="max">How many tags the owner may have.</param>
    /// <param name="now">The time of new ones.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="colors">The colours of new ones, by their names.</param>
    public static async Task<Guid[]?> EnsureTagsAsync(
        this StashesDbContext db,
        Guid ownerId,
        string[] names,
        int max,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string?>? colors = null)
    {
        if (names.Length == 0)
        {
            return [];
        }

        await db.LockTagsAsync(ownerId, cancellationToken);
        var ids = names.Select(_ => Guid.CreateVersion7(now)).ToArray();

        // One statement must not touch a row twice: of names that differ in case only, the first is taken. The update changes nothing but
        // locks the row, and makes the statement answer it.
        var tags = await db.Database
            .SqlQuery<Guid>(
                $"""
                INSERT INTO stashes.tags (id, owner_id, name, color, created_at, updated_at)
                SELECT DISTINCT ON (lower(n.name)) n.id, {ownerId}, n.name, n.color, {now}, {now}
                FROM unnest({ids}, {names}, {Array.ConvertAll(names, name => colors?.GetValueOrDefault(name))}) WITH ORDINALITY AS n (id, name, color, nr)
                ORDER BY lower(n.name), n.nr
                ON CONFLICT (owner_id, lower(name)) DO UPDATE SET name = tags.name
                RETURNING id AS "Value"
                """)
            .ToListAsync(cancellationToken);

        // Nothing to count where nothing was made.
        return !tags.Exists(ids.Contains) || await db.Tags.CountAsync(t => t.OwnerId == ownerId, cancellationToken) <= max ? [.. tags] : null;
    }

    /// <summary>
    /// Takes the lock under which an owner's tags are made and counted: two requests at once must not both find room for one more. To the end of
    /// the transaction, so it works through a pooler.
    /// </summary>
    public static Task LockTagsAsync(this StashesDbContext db, Guid ownerId, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({"stashes.tags " + ownerId}, 0))", cancellationToken);

    /// <summary>The ids of those of the names that the owner has a tag for.</summary>
    public static Task<List<Guid>> FindTagsAsync(this StashesDbContext db, Guid ownerId, string[] names, CancellationToken cancellationToken) =>
        db.Database
            .SqlQuery<Guid>(
                $"""
                SELECT t.id AS "Value" FROM stashes.tags AS t
                WHERE t.owner_id = {ownerId} AND lower(t.name) IN (SELECT lower(n.name) FROM unnest({names}) AS n (name))
                """)
            .ToListAsync(cancellationToken);
}
