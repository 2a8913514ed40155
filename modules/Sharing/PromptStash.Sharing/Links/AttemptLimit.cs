using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Links;

/// <summary>Counts tries at what can be guessed, in the database: exactly, and over all processes.</summary>
internal sealed class AttemptLimit(SharingDbContext db)
{
    public static string PasswordKey(Guid shareId, byte[] visitor) => $"password:{shareId}:{Convert.ToHexStringLower(visitor)}";

    public static string CommentKey(Guid shareId, byte[] visitor) => $"comment:{shareId}:{Convert.ToHexStringLower(visitor)}";

    public static string CommenterKey(Guid userId) => $"commenter:{userId}";

    public static string SuggestionKey(Guid shareId, byte[] visitor) => $"suggestion:{shareId}:{Convert.ToHexStringLower(visitor)}";

    public static string InviterKey(Guid userId) => $"inviter:{userId}";

    public static string InviteeKey(string sharedWith) => $"invitee:{sharedWith}";

    /// <summary>
    /// Counts one more within the window and tells how many that makes. Before the try is made, so that many at once cannot pass together.
    /// </summary>
    public async Task<int> CountAsync(string key, DateTimeOffset now, TimeSpan window, CancellationToken cancellationToken)
    {
        var windowEnd = now + window;
        var counts = await db.Database
            .SqlQuery<int>($"""
                INSERT INTO sharing.attempt_counters AS c (key, count, window_ends_at) VALUES ({key}, 1, {windowEnd})
                ON CONFLICT (key) DO UPDATE SET
                    count = CASE WHEN c.window_ends_at <= {now} THEN 1 ELSE c.count + 1 END,
                    window_ends_at = CASE WHEN c.window_ends_at <= {now} THEN {windowEnd} ELSE c.window_ends_at END
                RETURNING count
                """)
            .ToListAsync(cancellationToken);

        return counts.Single();
    }

    /// <summary>Counts one less in each, for what came to nothing.</summary>
    public Task GiveBackAsync(string[] keys, CancellationToken cancellationToken) => db.AttemptCounters
        .Where(c => keys.Contains(c.Key) && c.Count > 0)
        .ExecuteUpdateAsync(c => c.SetProperty(counter => counter.Count, counter => counter.Count - 1), cancellationToken);

    /// <summary>Forgets the tries, after one that succeeded.</summary>
    public Task ForgetAsync(string key, CancellationToken cancellationToken) =>
        db.AttemptCounters.Where(c => c.Key == key).ExecuteDeleteAsync(cancellationToken);
}
