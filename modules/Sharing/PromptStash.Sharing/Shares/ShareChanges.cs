using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

internal static class ShareChanges
{
    /// <summary>Changes shares and notes it in their logs, together; tells how many.</summary>
    /// <param name="db">Where they are.</param>
    /// <param name="change">
    /// An <c>UPDATE … RETURNING id</c> of those that this is news for: of any number at once that end the same share, one ends it and tells of it.
    /// </param>
    /// <param name="userId">Who does; null where time or a deletion does.</param>
    /// <param name="action">What to note.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<int> ChangeAsync(
        this SharingDbContext db, FormattableString change, Guid? userId, string action, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async (transaction, cancelled) =>
            {
                var ids = await db.Database.SqlQuery<Guid>(change).ToListAsync(cancelled);
                foreach (var id in ids)
                {
                    db.Note(id, userId, action, now);
                }

                await db.SaveChangesAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return ids.Count;
            },
            cancellationToken);

    /// <summary>
    /// Notes what a person used grants for. A grant is with one person, so the time of its last use tells whether a read is news: one statement,
    /// so that many at once write one line. In the order of the ids, so that two of them wait for each other rather than for ever.
    /// </summary>
    public static Task<int> NoteUseAsync(
        this SharingDbContext db,
        IReadOnlyCollection<Guid> grantIds,
        Guid userId,
        string action,
        DateTimeOffset now,
        TimeSpan readLogInterval,
        CancellationToken cancellationToken)
    {
        var ids = grantIds.ToArray();
        var isWrite = action != ShareActions.Read;
        var noted = now - readLogInterval;

        return db.ChangeAsync(
            $"""
            UPDATE sharing.file_shares SET last_accessed_at = {now}
            WHERE id IN (
                SELECT id FROM sharing.file_shares
                WHERE id = ANY ({ids}) AND ({isWrite} OR last_accessed_at IS NULL OR last_accessed_at <= {noted})
                ORDER BY id
                FOR NO KEY UPDATE)
            RETURNING id
            """,
            userId, action, now, cancellationToken);
    }
}
