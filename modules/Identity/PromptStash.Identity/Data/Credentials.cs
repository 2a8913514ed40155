namespace PromptStash.Identity.Data;

/// <summary>The row that holds a user's password.</summary>
internal static class Credentials
{
    /// <summary>Sets the hash of a user's password, also of one who only signed in through a provider so far.</summary>
    public static async Task<int> SetPasswordAsync(
        this IdentityDbContext db, Guid userId, string hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var accountId = userId.ToString();
        var ids = await db.Database
            .SqlQuery<Guid>($"""
                INSERT INTO identity.accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
                VALUES ({Guid.CreateVersion7(now)}, {accountId}, {Account.CredentialProvider}, {userId}, {hash}, {now}, {now})
                ON CONFLICT (provider_id, account_id) DO UPDATE SET password = excluded.password, updated_at = excluded.updated_at
                RETURNING id
                """)
            .ToListAsync(cancellationToken);

        return ids.Count;
    }
}
