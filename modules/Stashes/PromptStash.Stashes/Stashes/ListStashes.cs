using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Stashes;

internal static class ListStashes
{
    public static void MapListStashes(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/", HandleAsync)
            .RequireAuthorization()
            .WithMetadata(new KeepsToStashLimit())
            .WithName(nameof(ListStashes))
            .WithSummary("List your stashes, newest first")
            .WithDescription("On the first visit a stash \"My PromptStash\" is made, once for each user.")
            .WithResponseExample(new Page<StashSummary>([StashSummary.Example], Next: null));

    private static async Task<Results<Ok<Page<StashSummary>>, ValidationProblem>> HandleAsync(
        ClaimsPrincipal user,
        StashesDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        var userId = user.GetUserId();
        if (!Cursor.TryDecode(after, out var key) || (key is not null && !Guid.TryParse(key, out _)))
        {
            return Problems.InvalidCursor();
        }

        var only = user.GetStashLimit();
        if (after is null && only is null && !await db.Stashes.AnyAsync(s => s.UserId == userId && s.IsDefault, cancellationToken))
        {
            await AddDefaultAsync(db, userId, time.GetUtcNow(), cancellationToken);
        }

        return TypedResults.Ok(await ReadAsync(db, userId, only, key is null ? null : Guid.Parse(key), limit, cancellationToken));
    }

    private static async Task<Page<StashSummary>> ReadAsync(
        StashesDbContext db, Guid userId, Guid[]? only, Guid? after, int limit, CancellationToken cancellationToken)
    {
        // Version 7 ids sort by creation time, so the id alone is the cursor.
        var rows = await db.StashesOf(userId)
            .Where(s => (after == null || s.Id < after) && (only == null || only.Contains(s.Id)))
            .OrderByDescending(s => s.Id)
            .Take(limit + 1)
            .Select(StashSummary.Projection)
            .ToListAsync(cancellationToken);

        return Page.Of(rows, limit, stash => stash.Id.ToString());
    }

    /// <summary>
    /// Of any number of first requests at once, the unique index lets one insert through, and the others wait for it. The row keeps its
    /// mark in the trash, so somebody who threw the default stash away is not given another one.
    /// </summary>
    private static Task<int> AddDefaultAsync(StashesDbContext db, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(now);
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO stashes.stashes (id, name, scope, description, user_id, is_default, created_at, updated_at)
            VALUES ({id}, {Stash.DefaultName}, 'USER', {Stash.DefaultDescription}, {userId}, true, {now}, {now})
            ON CONFLICT DO NOTHING
            """, cancellationToken);
    }
}
