namespace PromptStash.Identity.Data;

/// <summary>Single-use secrets that are sent to somebody. The newest voids older ones of the same purpose; the first use voids it.</summary>
internal static class VerificationTokens
{
    /// <summary>Makes a token for <paramref name="purpose"/> and <paramref name="subject"/> and saves its hash.</summary>
    public static async Task<string> IssueAsync(
        this IdentityDbContext db, string purpose, string subject, DateTimeOffset now, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var identifier = $"{purpose}:{subject}";
        var token = Secret.Create();
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await db.Verifications.Where(v => v.Identifier == identifier).ExecuteDeleteAsync(cancellationToken);
            db.Verifications.Add(new Verification
            {
                Id = Guid.CreateVersion7(now),
                Identifier = identifier,
                Value = Secret.HashText(token),
                ExpiresAt = now + lifetime,
                CreatedAt = now,
                UpdatedAt = now,
            });
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        });

        return token;
    }

    /// <summary>
    /// Takes a token of this purpose out of the table, whether it is over or not; null when there is none. The row is deleted by the
    /// statement that finds it, so of many at the same time one gets it.
    /// </summary>
    public static async Task<ConsumedToken?> ConsumeAsync(
        this IdentityDbContext db, string purpose, string token, CancellationToken cancellationToken)
    {
        var value = Secret.HashText(token);
        var prefix = purpose + ":";
        var consumed = await db.Database
            .SqlQuery<ConsumedToken>($"""
                DELETE FROM identity.verifications WHERE value = {value} AND starts_with(identifier, {prefix})
                RETURNING substr(identifier, length({prefix}) + 1) AS subject, expires_at
                """)
            .ToListAsync(cancellationToken);

        return consumed.SingleOrDefault();
    }
}

/// <summary>What a token stood for.</summary>
internal sealed record ConsumedToken(string Subject, DateTimeOffset ExpiresAt);
