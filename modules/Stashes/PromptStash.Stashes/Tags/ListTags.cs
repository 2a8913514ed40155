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
        [Description("Only tags whose names hold this, whatever the case: suggestions while somebody types.")] string? q = null,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        var userId = user.GetUserId();
        if (!Cursor.TryDecode(after, out var afterName))
        {
            return Problems.InvalidCursor();
        }

        var wanted = "";
        if (!string.IsNullOrEmpty(q) && !TagName.TryParse(q, out wanted, out var error))
        {
            return Problems.Invalid("q", error);
        }

        var pattern = $"%{wanted.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";

        // Names are unique among the tags of a user, so the name alone is the cursor.
        var rows = await db.Tags
            .Where(t => t.OwnerId == userId && (wanted == "" || EF.Functions.ILike(t.Name, pattern, @"\")))
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
