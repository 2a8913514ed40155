using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PromptStash.Sharing.Shares;
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
    protected override async Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<SharingDbContext>();
        var files = services.GetRequiredService<IStashFiles>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();

        await db.ChangeAsync(
            $"UPDATE sharing.file_shares SET revoked_at = {now} WHERE revoked_at IS NULL AND expires_at <= {now} RETURNING id",
            userId: null, ShareActions.Expire, now, cancellationToken);
        await db.AttemptCounters.Where(c => c.WindowEndsAt < now).ExecuteDeleteAsync(cancellationToken);
        await ForgetAccessesAsync(db, now - options.Value.AccessLogRetention, cancellationToken);

        // Of files the Stashes module tells; of folders and stashes it is asked.
        await files.ForEachGoneAsync(
            db.Shares.Where(s => s.RevokedAt == null && s.TargetType != TargetKind.File).Select(s => s.TargetId),
            gone => db.ChangeAsync(
                $"UPDATE sharing.file_shares SET revoked_at = {now} WHERE target_id = ANY ({gone}) AND revoked_at IS NULL RETURNING id",
                userId: null, ShareActions.End, now, cancellationToken),
            cancellationToken);
        await files.ForEachGoneAsync(
            db.Comments.Select(c => c.FileId),
            gone => db.Comments.Where(c => gone.Contains(c.FileId)).ExecuteDeleteAsync(cancellationToken),
            cancellationToken);

        // Not before the last line of its log has aged out: until then its owner may want to know what became of it.
        var ended = now - options.Value.EndedShareRetention;
        await db.Shares.Where(s => s.RevokedAt < ended && !s.Accesses.Any()).ExecuteDeleteAsync(cancellationToken);
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
}
