using System.Globalization;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Trash;

internal static class ListTrash
{
    public static void MapListTrash(this IEndpointRouteBuilder trash) =>
        trash.MapGet("/", HandleAsync)
            .RequireAuthorization()
            .WithMetadata(new KeepsToStashLimit())
            .WithName(nameof(ListTrash))
            .WithSummary("List what you threw away, the last first")
            .WithDescription("A folder or stash is one item, with everything that was in it. Items are purged by themselves after 30 days, unless configured otherwise.")
            .WithResponseExample(new Page<TrashItem>([TrashItem.Example], Next: null));

    private static async Task<Results<Ok<Page<TrashItem>>, ValidationProblem>> HandleAsync(
        ClaimsPrincipal user,
        StashesDbContext db,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!TryReadPlace(after, out var before))
        {
            return Problems.InvalidCursor();
        }

        var rows = await db.ReadTrashAsync(user.GetUserId(), user.GetStashLimit(), before, limit + 1, cancellationToken);

        return TypedResults.Ok(Page.Of(
            rows, limit, item => string.Create(CultureInfo.InvariantCulture, $"{item.DeletedAt.UtcTicks} {item.Id}")));
    }

    private static bool TryReadPlace(string? cursor, out TrashPlace place)
    {
        place = TrashPlace.Start;
        if (!Cursor.TryDecode(cursor, out var key))
        {
            return false;
        }

        if (key is null)
        {
            return true;
        }

        if (key.Split(' ') is not [var ticks, var id]
            || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            || time > TrashPlace.Start.DeletedAt.UtcTicks
            || !Guid.TryParseExact(id, "D", out var last))
        {
            return false;
        }

        place = new TrashPlace(new DateTimeOffset(time, TimeSpan.Zero), last);
        return true;
    }
}
