using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Contracts;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;

namespace PromptStash.Sharing.Access;

/// <summary>Answers neighbours' questions about what is shared with people.</summary>
internal sealed class FileGrants(SharingDbContext db, IUserDirectory users, IOptions<SharingOptions> options, TimeProvider time) : IFileGrants
{
    public async Task<IReadOnlyList<FileGrant>> ListAsync(Guid userId, CancellationToken cancellationToken) =>
        await (await GrantsToAsync(userId, cancellationToken)).Select(Projection()).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<FileGrant>> FindAsync(Guid userId, IReadOnlyCollection<Guid> targetIds, CancellationToken cancellationToken) =>
        await (await GrantsToAsync(userId, cancellationToken)).Where(s => targetIds.Contains(s.TargetId)).Select(Projection()).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<FileGrant>> HoldAsync(
        IReadOnlyCollection<Guid> grantIds, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var ids = grantIds.ToArray();
        var now = time.GetUtcNow();

        // The neighbour's connection for this one statement, and through EF Core all the same, so that it is named, timed and traced like any other.
        db.Database.SetDbConnection(transaction.Connection);
        try
        {
            await using var joined = await db.Database.UseTransactionAsync(transaction, cancellationToken);

            // A row that somebody is changing is waited for and looked at again (EvalPlanQual): it counts as it is then. In the order of the
            // ids, so that two writers wait for each other rather than for ever.
            return await db.Shares
                .FromSql(
                    $"""
                    SELECT * FROM sharing.file_shares
                    WHERE id = ANY ({ids}) AND revoked_at IS NULL AND disabled_at IS NULL AND (expires_at IS NULL OR expires_at > {now})
                    ORDER BY id
                    FOR SHARE
                    """)
                .AsNoTracking()
                .Select(Projection())
                .ToListAsync(cancellationToken);
        }
        finally
        {
            db.Database.SetDbConnection(null, contextOwnsConnection: true);
        }
    }

    public Task NoteUseAsync(Guid userId, IReadOnlyCollection<Guid> grantIds, bool writes, CancellationToken cancellationToken) =>
        db.NoteUseAsync(grantIds, userId, writes ? ShareActions.Edit : ShareActions.Read, time.GetUtcNow(), options.Value.ReadLogInterval, cancellationToken);

    private Expression<Func<Share, FileGrant>> Projection()
    {
        var noted = time.GetUtcNow() - options.Value.ReadLogInterval;

        return share => new FileGrant(
            share.Id,
            share.TargetId,
            share.Permission == SharePermission.Edit ? GrantLevel.Edit : share.Permission == SharePermission.Comment ? GrantLevel.Comment : GrantLevel.View,
            share.PinVersion,
            share.PinLabel,
            share.LastAccessedAt != null && share.LastAccessedAt > noted);
    }

    private async Task<IQueryable<Share>> GrantsToAsync(Guid userId, CancellationToken cancellationToken)
    {
        var names = await users.NamesOfAsync(userId, cancellationToken);

        return db.Shares.AsNoTracking().LiveGrantsTo(names, time.GetUtcNow());
    }
}
