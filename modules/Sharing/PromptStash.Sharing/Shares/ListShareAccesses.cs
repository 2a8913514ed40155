using System.Globalization;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

/// <summary>A line of a share's log.</summary>
/// <param name="Action">create, update, new-token, revoke, decline, expire, end, open, read, export, edit, comment, suggest or unlock.</param>
/// <param name="Outcome">done, denied, locked or wrong-password.</param>
/// <param name="UserId">Who, if they had signed in; null also where time or a deletion ended it.</param>
/// <param name="Visitor">The same for the same address; it does not tell which. Absent where the address does not matter.</param>
/// <param name="At">When.</param>
internal sealed record ShareAccessAnswer(string Action, string Outcome, Guid? UserId, string? Visitor, DateTimeOffset At);

internal static class ListShareAccesses
{
    public static void MapListShareAccesses(this IEndpointRouteBuilder shares, SharingOptions limits) =>
        shares.MapGet("/{shareId:guid}/accesses", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListShareAccesses))
            .WithSummary($"List what became of a share, newest first; kept for {SharingOptions.Told(limits.AccessLogRetention)}")
            .WithResponseExample(new Page<ShareAccessAnswer>(
                [new(ShareActions.Open, ShareOutcomes.Done, UserId: null, "9f86d081", DateTimeOffset.Parse("2026-11-23T10:02:00Z", CultureInfo.InvariantCulture))], Next: null));

    private static async Task<Results<Ok<Page<ShareAccessAnswer>>, NotFound, ValidationProblem>> HandleAsync(
        Guid shareId,
        ClaimsPrincipal user,
        SharingDbContext db,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!ShareQueries.TryReadCursor(after, out var before))
        {
            return Problems.InvalidCursor();
        }

        var userId = user.GetUserId();
        if (!await db.SharesOf(userId).AnyAsync(s => s.Id == shareId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        var rows = await db.ShareAccesses
            .Where(a => a.ShareId == shareId && (before == null || a.Id < before))
            .OrderByDescending(a => a.Id)
            .Take(limit + 1)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        var page = Page.Of(rows, limit, row => row.Id.ToString());

        return TypedResults.Ok(new Page<ShareAccessAnswer>(
            [.. page.Items.Select(row => new ShareAccessAnswer(
                row.Action, row.Outcome, row.UserId, row.IpHash is null ? null : Convert.ToHexStringLower(row.IpHash), row.CreatedAt))],
            page.Next));
    }
}
