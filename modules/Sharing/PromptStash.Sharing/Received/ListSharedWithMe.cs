using System.Globalization;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Access;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Received;

/// <summary>Something of somebody else.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Id">Its id, for the operations on files, folders and stashes.</param>
/// <param name="StashId">The stash that it is in, or is.</param>
/// <param name="Name">What it is called.</param>
internal sealed record ReceivedTarget(TargetKind Type, Guid Id, Guid StashId, string Name);

/// <summary>Something that is shared with the caller.</summary>
/// <param name="Id">The share, for declining it.</param>
/// <param name="Target">What is shared.</param>
/// <param name="Owner">What its owner calls themselves.</param>
/// <param name="Permission">What it allows; another share of the same thing may allow more.</param>
/// <param name="Pin">The only version that is shown; null for all.</param>
/// <param name="Note">The owner's word about it.</param>
/// <param name="ExpiresAt">From when on it is over; null for never.</param>
/// <param name="CreatedAt">Since when.</param>
internal sealed record ReceivedShare(
    Guid Id, ReceivedTarget Target, string Owner, SharePermission Permission, FilePin? Pin, string? Note, DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt)
{
    public static readonly ReceivedShare Example = new(
        Guid.Parse("019ab4d2-5a61-7b0c-9e4f-2b7c8d9e0f1a"),
        new ReceivedTarget(
            TargetKind.Folder, Guid.Parse("019ab4c1-0f3a-7d0e-b1f5-3c2d1e0f9a8b"), Guid.Parse("019ab4c0-6b1e-7c53-9d2e-0d6f3a1b2c3d"), "agents"),
        "Ada", SharePermission.Edit, Pin: null, "For Thursday's review", ExpiresAt: null, DateTimeOffset.Parse("2026-11-23T09:50:00Z", CultureInfo.InvariantCulture));
}

internal static class ListSharedWithMe
{
    public static void MapListSharedWithMe(this IEndpointRouteBuilder received) =>
        received.MapGet("/", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListSharedWithMe))
            .WithSummary("List what others share with you, newest first")
            .WithDescription("What was shared with an e-mail address is there once it is proven to be yours. A page may be short where something lies in its owner's trash.")
            .WithResponseExample(new Page<ReceivedShare>([ReceivedShare.Example], Next: null));

    private static async Task<Results<Ok<Page<ReceivedShare>>, ValidationProblem>> HandleAsync(
        ClaimsPrincipal user,
        SharingDbContext db,
        IStashFiles files,
        IUserDirectory users,
        TimeProvider time,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!ShareQueries.TryReadCursor(after, out var before))
        {
            return Problems.InvalidCursor();
        }

        var names = await users.NamesOfAsync(user.GetUserId(), cancellationToken);
        var rows = await db.Shares.AsNoTracking().LiveGrantsTo(names, time.GetUtcNow())
            .Where(s => before == null || s.Id < before)
            .OrderByDescending(s => s.Id)
            .Take(limit + 1)
            .ToListAsync(cancellationToken);
        var page = Page.Of(rows, limit, row => row.Id.ToString());
        var targets = await files.FindTargetsAsync([.. page.Items.Select(row => row.TargetId).Distinct()], cancellationToken);
        var owners = await users.FindManyAsync([.. page.Items.Select(row => row.CreatedBy).Distinct()], cancellationToken);

        return TypedResults.Ok(new Page<ReceivedShare>(
            [.. from row in page.Items
                let target = targets.GetValueOrDefault(row.TargetId)
                let owner = owners.GetValueOrDefault(row.CreatedBy)
                where target is not null && owner is not null
                select Of(row, target, owner)],
            page.Next));
    }

    private static ReceivedShare Of(Share share, SharedTarget target, UserCard owner) => new(
        share.Id,
        new ReceivedTarget(target.Kind, target.Id, target.StashId, target.Name),
        owner.Name,
        share.Permission,
        share.PinVersion is null && share.PinLabel is null ? null : new FilePin(share.PinVersion, share.PinLabel),
        share.Note,
        share.ExpiresAt,
        share.CreatedAt);
}
