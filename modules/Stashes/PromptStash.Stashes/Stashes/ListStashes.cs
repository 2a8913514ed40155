using System.Globalization;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Stashes;

internal static class ListStashes
{
    public static void MapListStashes(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/", HandleAsync)
            .RequireAuthorization()
            .WithMetadata(new KeepsToStashLimit())
            .WithName(nameof(ListStashes))
            .WithSummary("List your stashes, newest first unless you ask for another order")
            .WithDescription("On the first visit a stash \"My PromptStash\" is made, once for each user. 'after' belongs to the order it was answered for.")
            .WithResponseExample(new Page<StashSummary>([StashSummary.Example], Next: null));

    private static async Task<Results<Ok<Page<StashSummary>>, ValidationProblem>> HandleAsync(
        ClaimsPrincipal user,
        StashesDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken,
        [Description("name, created or updated; names are in byte order."), AllowedValues("name", "created", "updated")] string sort = "created",
        [Description("asc or desc."), AllowedValues("asc", "desc")] string order = "desc",
        [Description("Only stashes of this scope, such as PROJECT.")] string? scope = null,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        var userId = user.GetUserId();
        if (!ApiNames<StashScope>.TryParse(scope, out var ofScope))
        {
            return Problems.Invalid("scope", $"This is none of {ApiNames<StashScope>.All}.");
        }

        var sorting = $"{sort} {order}";
        if (!KeysetPlace.TryRead(after, sorting, out var place) || (place is not null && sort == "updated" && TimeOf(place.Key) is null))
        {
            return Problems.InvalidCursor();
        }

        var only = user.GetStashLimit();
        if (after is null && only is null && !await db.DefaultStashes.AnyAsync(given => given.UserId == userId, cancellationToken))
        {
            await AddDefaultAsync(db, userId, time.GetUtcNow(), cancellationToken);
        }

        var stashes = db.StashesOf(userId).Where(s => (ofScope == null || s.Scope == ofScope) && (only == null || only.Contains(s.Id)));
        var rows = await Sorted(stashes, sort, order == "desc", place)
            .Take(limit + 1)
            .Select(StashSummary.Projection)
            .ToListAsync(cancellationToken);

        return TypedResults.Ok(Page.Of(rows, limit, stash => $"{new KeysetPlace(sorting, KeyOf(stash, sort), stash.Id)}"));
    }

    /// <summary>Version 7 ids sort by creation time.</summary>
    private static IQueryable<Stash> Sorted(IQueryable<Stash> stashes, string sort, bool descending, KeysetPlace? place) => sort switch
    {
        "name" => stashes.PageBy(s => EF.Functions.Collate(s.Name, "C"), s => s.Id, descending, place is null ? null : (place.Key, place.Id)),
        "updated" => stashes.PageBy(s => s.UpdatedAt, s => s.Id, descending, place is null ? null : (TimeOf(place.Key)!.Value, place.Id)),
        _ => stashes.PageBy(s => s.Id, descending, place?.Id),
    };

    private static string KeyOf(StashSummary stash, string sort) => sort switch
    {
        "name" => stash.Name,
        "updated" => stash.UpdatedAt.UtcTicks.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };

    private static DateTimeOffset? TimeOf(string key) =>
        long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;

    /// <summary>
    /// Of any number of first requests at once, the primary key lets one insert through, and the others wait for it. The mark outlives the
    /// stash, so somebody who threw the default stash away, and purged it, is not given another one.
    /// </summary>
    private static Task<int> AddDefaultAsync(StashesDbContext db, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(now);
        return db.Database.ExecuteSqlAsync(
            $"""
            WITH given AS (INSERT INTO stashes.default_stashes (user_id) VALUES ({userId}) ON CONFLICT DO NOTHING RETURNING user_id)
            INSERT INTO stashes.stashes (id, name, scope, description, user_id, is_default, created_at, updated_at)
            SELECT {id}, {Stash.DefaultName}, 'USER'::stashes.stash_scope, {Stash.DefaultDescription}, given.user_id, true, {now}, {now} FROM given
            ON CONFLICT DO NOTHING
            """, cancellationToken);
    }
}
