using System.Security.Cryptography;
using System.Text.Json;

namespace PromptStash.Stashes.Data;

/// <summary>What a repeated request is answered with.</summary>
/// <param name="Answer">The first answer; null when the key was used for a different request.</param>
internal sealed record Replay<T>(T? Answer)
    where T : class;

/// <summary>
/// Requests that create something may carry an <c>Idempotency-Key</c>: sent again, because an answer was lost, they create nothing again.
/// </summary>
internal static class Idempotency
{
    public const string Header = "Idempotency-Key";
    public const string Description = "Any text that is new for each thing to create: the request may be repeated with it and creates nothing again.";

    /// <summary>
    /// Claims the key inside the caller's transaction. Null: it is new, or older than its lifetime; go on. The insert waits for a transaction that holds the same key,
    /// so of two requests at once the second sees the first one's answer or, if that failed, takes its place.
    /// </summary>
    public static async Task<Replay<T>?> ClaimAsync<T>(
        this StashesDbContext db,
        Guid userId,
        string? key,
        string operation,
        object request,
        DateTimeOffset now,
        TimeSpan lifetime,
        CancellationToken cancellationToken)
        where T : class
    {
        if (key is null)
        {
            return null;
        }

        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { operation, request }));
        var claimed = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO stashes.idempotency_keys (user_id, key, request_hash, created_at) VALUES ({userId}, {key}, {hash}, {now})
            ON CONFLICT (user_id, key) DO UPDATE
            SET request_hash = excluded.request_hash, response = NULL, created_at = excluded.created_at
            WHERE idempotency_keys.created_at < {now - lifetime}
            """, cancellationToken);
        if (claimed == 1)
        {
            return null;
        }

        var first = await db.IdempotencyKeys.AsNoTracking().SingleAsync(k => k.UserId == userId && k.Key == key, cancellationToken);

        return CryptographicOperations.FixedTimeEquals(first.RequestHash, hash) && first.Response is not null
            ? new Replay<T>(JsonSerializer.Deserialize<T>(first.Response))
            : new Replay<T>(Answer: null);
    }

    /// <summary>Keeps the answer beside the work, in the same transaction.</summary>
    public static async Task RememberAsync<T>(
        this StashesDbContext db, Guid userId, string? key, T answer, CancellationToken cancellationToken)
    {
        if (key is not null)
        {
            var response = JsonSerializer.Serialize(answer);
            await db.IdempotencyKeys
                .Where(k => k.UserId == userId && k.Key == key)
                .ExecuteUpdateAsync(k => k.SetProperty(row => row.Response, response), cancellationToken);
        }
    }
}
