using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Data;

/// <summary>
/// Ends shares whose time is over or whose folder or stash is gone for good, and removes comments on files that are, old lines of the logs, and shares that ended long ago.
/// Nothing depends on it: a share is looked at with its end and its target. It keeps tables and lists small.
/// </summary>
internal sealed class SharingHousekeeping(
    IServiceScopeFactory scopes, IOptions<SharingOptions> options, TimeProvider time, ILogger<SharingHousekeeping> logger)
    : Housekeeping(scopes, time, logger)
{
    /// <summary>How many things the Stashes module is asked about at a time.</summary>
    private const int Batch = 1000;

    protected override async Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<SharingDbContext>();
        var files = services.GetRequiredService<IStashFiles>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();

        await db.Shares.Where(s => s.RevokedAt == null && s.ExpiresAt <= now)
            .ExecuteUpdateAsync(s => s.SetProperty(share => share.RevokedAt, now), cancellationToken);
        await db.AttemptCounters.Where(c => c.WindowEndsAt < now).ExecuteDeleteAsync(cancellationToken);
        await ForgetAccessesAsync(db, now - options.Value.AccessLogRetention, cancellationToken);
        await EndSharesOfWhatIsGoneAsync(db, files, now, cancellationToken);

        // Not before the last line of its log has aged out: until then its owner may want to know what became of it.
        var ended = now - options.Value.EndedShareRetention;
        await db.Shares.Where(s => s.RevokedAt < ended && !s.Accesses.Any()).ExecuteDeleteAsync(cancellationToken);
        await RemoveCommentsOnWhatIsGoneAsync(db, files, cancellationToken);
    }

    /// <summary>Says for one transaction that lines may go, which the log's trigger else refuses.</summary>
    private static Task ForgetAccessesAsync(SharingDbContext db, DateTimeOffset oldest, CancellationToken cancellationToken) =>
        db.Database.CreateExecutionStrategy().ExecuteAsync(
            async cancelled =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancelled);
                await db.Database.ExecuteSqlAsync($"SELECT set_config('sharing.retention', 'on', true)", cancelled);
                await db.ShareAccesses.Where(a => a.CreatedAt < oldest).ExecuteDeleteAsync(cancelled);
                await transaction.CommitAsync(cancelled);
            },
            cancellationToken);

    /// <summary>Of files the Stashes module tells; of folders and stashes it is asked.</summary>
    private static async Task EndSharesOfWhatIsGoneAsync(SharingDbContext db, IStashFiles files, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        while (true)
        {
            var targets = await db.Shares
                .Where(s => s.RevokedAt == null && s.TargetType != TargetKind.File && s.TargetId > after)
                .Select(s => s.TargetId)
                .Distinct()
                .OrderBy(id => id)
                .Take(Batch)
                .ToListAsync(cancellationToken);
            if (targets.Count == 0)
            {
                return;
            }

            after = targets[^1];
            var gone = await GoneAsync(files, targets, cancellationToken);
            await db.Shares.Where(s => gone.Contains(s.TargetId) && s.RevokedAt == null)
                .ExecuteUpdateAsync(s => s.SetProperty(share => share.RevokedAt, now), cancellationToken);
        }
    }

    private static async Task RemoveCommentsOnWhatIsGoneAsync(SharingDbContext db, IStashFiles files, CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        while (true)
        {
            var commented = await db.Comments
                .Where(c => c.FileId > after)
                .Select(c => c.FileId)
                .Distinct()
                .OrderBy(id => id)
                .Take(Batch)
                .ToListAsync(cancellationToken);
            if (commented.Count == 0)
            {
                return;
            }

            after = commented[^1];
            var gone = await GoneAsync(files, commented, cancellationToken);
            await db.Comments.Where(c => gone.Contains(c.FileId)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    private static async Task<List<Guid>> GoneAsync(IStashFiles files, List<Guid> ids, CancellationToken cancellationToken)
    {
        var kept = await files.FindKeptAsync(ids, cancellationToken);

        return ids.FindAll(id => !kept.Contains(id));
    }
}
