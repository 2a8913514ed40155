using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

/// <summary>Where the owner's queries begin: at what the caller has given out.</summary>
internal static class ShareQueries
{
    public static IQueryable<Share> SharesOf(this SharingDbContext db, Guid userId) => db.Shares.Where(s => s.CreatedBy == userId);

    /// <summary>Those that are not over for good: one whose time has passed is, whether or not the job that notes it has come by.</summary>
    public static IQueryable<Share> StandingSharesOf(this SharingDbContext db, Guid userId, DateTimeOffset now) =>
        db.SharesOf(userId).Where(s => s.RevokedAt == null && (s.ExpiresAt == null || s.ExpiresAt > now));

    /// <summary>A page of shares, the newest first, with what their targets are called now: two queries for all of them.</summary>
    public static async Task<Page<ShareAnswer>> PageAsync(
        this IQueryable<Share> shares, IStashFiles files, Guid? before, int limit, CancellationToken cancellationToken)
    {
        // Version 7 ids sort by creation time, so the id alone is the cursor.
        var rows = await shares
            .Where(s => before == null || s.Id < before)
            .OrderByDescending(s => s.Id)
            .Take(limit + 1)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        var targets = await files.FindTargetsAsync([.. rows.Select(row => row.TargetId).Distinct()], cancellationToken);

        return Page.Of(rows.ConvertAll(row => ShareAnswer.Of(row, targets.GetValueOrDefault(row.TargetId))), limit, share => share.Id.ToString());
    }

    /// <summary>Reads a cursor of <see cref="PageAsync"/>.</summary>
    public static bool TryReadCursor(string? after, out Guid? before)
    {
        before = null;
        if (!Cursor.TryDecode(after, out var key))
        {
            return false;
        }

        if (key is null)
        {
            return true;
        }

        var isId = Guid.TryParse(key, out var id);
        before = id;

        return isId;
    }
}
