using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.Throttling;

/// <summary>
/// Counts tries at what can be guessed, in the database: exactly, over all processes, and over a restart. A try is counted before it is
/// made, so that many at once cannot pass together, and the count is forgotten when one succeeds.
/// </summary>
internal sealed class AttemptLimit(IdentityDbContext db, IOptions<IdentityOptions> options)
{
    /// <summary>
    /// Tries to sign in with a password. Counted by address, whether or not it has an account, so that neither the answer nor its time
    /// tells; the address itself is not kept.
    /// </summary>
    public static string SignInKey(string email) => $"sign-in:{Secret.HashText(email)}";

    /// <summary>Tries of a signed-in user to confirm with the password. Apart from the sign-ins, which anybody can make fail.</summary>
    public static string ConfirmationKey(Guid userId) => $"confirm:{userId}";

    /// <summary>Counts a try; false when there were too many, and it must not be made.</summary>
    public async Task<bool> TryAsync(string key, DateTimeOffset now, CancellationToken cancellationToken) =>
        await CountAsync(key, now, options.Value.Password.AttemptWindow, cancellationToken) <= options.Value.Password.MaxAttempts;

    /// <summary>Counts one more within the window and tells how many that makes.</summary>
    public async Task<int> CountAsync(string key, DateTimeOffset now, TimeSpan window, CancellationToken cancellationToken)
    {
        var windowEnd = now + window;
        var counts = await db.Database
            .SqlQuery<int>($"""
                INSERT INTO identity.attempt_counters AS c (key, count, window_ends_at) VALUES ({key}, 1, {windowEnd})
                ON CONFLICT (key) DO UPDATE SET
                    count = CASE WHEN c.window_ends_at <= {now} THEN 1 ELSE c.count + 1 END,
                    window_ends_at = CASE WHEN c.window_ends_at <= {now} THEN {windowEnd} ELSE c.window_ends_at END
                RETURNING count
                """)
            .ToListAsync(cancellationToken);

        return counts.Single();
    }

    /// <summary>Forgets the tries, after one that succeeded or a new password.</summary>
    public Task ForgetAsync(string key, CancellationToken cancellationToken) =>
        db.AttemptCounters.Where(c => c.Key == key).ExecuteDeleteAsync(cancellationToken);
}
