using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Tags;

internal static class ListTags
{
    public static void MapListTags(this IEndpointRouteBuilder tags) =>
        tags.MapGet("/", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListTags))
            .WithSummary("List your tags in byte order of their names, with how many files have each")
            .WithResponseExample(new Page<TagSummary>([TagSummary.Example], Next: null));

    private static async Task<Results<Ok<Page<TagSummary>>, ValidationProblem>> HandleAsync(
        ClaimsPrincipal user,
        StashesDbContext db,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        var userId = user.GetUserId();
        if (!Cursor.TryDecode(after, out var afterName))
        {
            return Problems.InvalidCursor();
        }

        // Names are unique among the tags of a user, so the name alone is the cursor.
        var rows = await db.Tags
            .Where(t => t.OwnerId == userId)
#pragma warning disable CA1309 // PostgreSQL compares, and "C" is its ordinal comparison.
            .Where(t => afterName == null || string.Compare(EF.Functions.Collate(t.Name, "C"), afterName) > 0)
#pragma warning restore CA1309
            .OrderBy(t => EF.Functions.Collate(t.Name, "C"))
            .Take(limit + 1)
            .Select(TagSummary.Projection)
            .ToListAsync(cancellationToken);

        return TypedResults.Ok(Page.Of(rows, limit, tag => tag.Name));
    }
}
