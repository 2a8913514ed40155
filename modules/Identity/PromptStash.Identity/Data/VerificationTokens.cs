namespace PromptStash.Identity.Data;

/// <summary>
/// Single-use secrets. The newest voids older ones with the same purpose and subject, the first use voids it; both are decided by one
/// statement, so of many at the same time one wins.
/// </summary>
internal static class VerificationTokens
{
    /// <summary>Makes a secret for <paramref name="purpose"/> and <paramref name="subject"/> and saves its hash.</summary>
    public static async Task<string> IssueAsync(
        this IdentityDbContext db,
        string purpose,
        string subject,
        DateTimeOffset now,
        TimeSpan lifetime,
        CancellationToken cancellationToken,
        string? payload = null)
    {
        var identifier = $"{purpose}:{subject}";
        var secret = Secret.Create();
        await db.Database
            .SqlQuery<Guid>($"""
                INSERT INTO identity.verifications (id, identifier, value, payload, attempts, expires_at, created_at, updated_at)
                VALUES ({Guid.CreateVersion7(now)}, {identifier}, {Secret.HashText(secret)}, {payload}, 0, {now + lifetime}, {now}, {now})
                ON CONFLICT (identifier) DO UPDATE SET id = excluded.id, value = excluded.value, payload = excluded.payload,
                    attempts = 0, expires_at = excluded.expires_at, created_at = excluded.created_at, updated_at = excluded.updated_at
                RETURNING id
                """)
            .ToListAsync(cancellationToken);

        return secret;
    }

    /// <summary>Takes a secret of one of these purposes out of the table, whether it is over or not; null when there is none.</summary>
    public static async Task<ConsumedToken?> ConsumeAsync(
        this IdentityDbContext db, string secret, CancellationToken cancellationToken, params string[] purposes)
    {
        var consumed = await db.Database
            .SqlQuery<ConsumedToken>($"""
                DELETE FROM identity.verifications
                WHERE value = {Secret.HashText(secret)} AND split_part(identifier, ':', 1) = ANY ({purposes})
                RETURNING identifier, payload, expires_at
                """)
            .ToListAsync(cancellationToken);

        return consumed.SingleOrDefault();
    }

    /// <summary>Looks at what a secret stands for, without using it up; null when it would not work.</summary>
    public static Task<ConsumedToken?> FindAsync(
        this IdentityDbContext db, string secret, string purpose, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var value = Secret.HashText(secret);
        var prefix = purpose + ":";

        return db.Verifications
            .Where(v => v.Value == value && v.Identifier.StartsWith(prefix) && v.ExpiresAt > now)
            .Select(v => new ConsumedToken(v.Identifier, v.Payload, v.ExpiresAt))
            .SingleOrDefaultAsync(cancellationToken);
    }
}

/// <summary>What a secret stood for.</summary>
internal sealed record ConsumedToken(string Identifier, string? Payload, DateTimeOffset ExpiresAt)
{
    public string Purpose => Identifier.Split(':', 2)[0];

    /// <summary>The user that it belongs to: subjects are a user's id, and may go on after a colon.</summary>
    public Guid UserId => Guid.TryParse(Identifier.Split(':', 3)[1], out var id) ? id : Guid.Empty;
}
