using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

/// <summary>What came of adding a share.</summary>
internal enum ShareInsertion
{
    Added,

    /// <summary>The person has one on this target that is not over.</summary>
    Exists,

    /// <summary>Its owner has as many as may be.</summary>
    TooMany,

    /// <summary>Its owner has as many with this person as may be.</summary>
    TooManyWithOne,
}

internal static class ShareInsert
{
    /// <summary>Why a share was not added.</summary>
    public static ProblemHttpResult Problem(this ShareInsertion insertion, SharingOptions limits) => Problems.Conflict(insertion switch
    {
        ShareInsertion.TooMany => $"You have {limits.SharesPerUser} shares already. End some of them first.",
        ShareInsertion.TooManyWithOne => $"You share {limits.SharesPerPerson} things with this person already. Share a folder that they are in, or end some of the shares.",
        _ => "This is shared with this person already; change that share or end it.",
    });

    /// <summary>One that has expired stands in nobody's way; the job that ends it may not have come by yet.</summary>
    public static Task EndExpiredAsync(this SharingDbContext db, Guid targetId, string? sharedWith, DateTimeOffset now, CancellationToken cancellationToken) =>
        sharedWith is null ? Task.CompletedTask : db.ChangeAsync(
            $"""
            UPDATE sharing.file_shares SET revoked_at = {now}
            WHERE target_id = {targetId} AND shared_with = {sharedWith} AND revoked_at IS NULL AND expires_at <= {now}
            RETURNING id
            """,
            userId: null, ShareActions.Expire, now, cancellationToken);

    /// <summary>Adds a share. Whether there is one already the index decides, and an owner's shares are counted under a lock, however many ask at once.</summary>
    public static async Task<ShareInsertion> TryAddAsync(
        this SharingDbContext db, Share share, Guid userId, SharingOptions limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        db.Shares.Add(share);
        db.Note(share.Id, userId, ShareActions.Create, now);
        try
        {
            return await db.Database.CreateExecutionStrategy().ExecuteAsync(
                async cancelled =>
                {
                    await using var transaction = await db.Database.BeginTransactionAsync(cancelled);

                    // At transaction level the lock works through PgBouncer. The count must be another statement, with a snapshot of after the wait.
                    await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended('sharing.shares ' || {userId}::text, 0))", cancelled);
                    var standing = db.StandingSharesOf(userId, now);
                    if (await standing.CountAsync(cancelled) >= limits.SharesPerUser)
                    {
                        return ShareInsertion.TooMany;
                    }

                    if (share.SharedWith is not null && await standing.CountAsync(s => s.SharedWith == share.SharedWith, cancelled) >= limits.SharesPerPerson)
                    {
                        return ShareInsertion.TooManyWithOne;
                    }

                    // Undone together with the transaction: what is tried again is still to be added.
                    await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, cancelled);
                    await transaction.CommitAsync(cancelled);
                    db.ChangeTracker.AcceptAllChanges();

                    return ShareInsertion.Added;
                },
                cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsViolationOf(SharingDbContext.PrimaryKey))
        {
            // The connection broke after the commit and before its answer: the row that is in the way is this very one.
            return ShareInsertion.Added;
        }
        catch (DbUpdateException exception) when (exception.IsViolationOf(SharingDbContext.UniqueLiveGrant))
        {
            return ShareInsertion.Exists;
        }
    }
}
