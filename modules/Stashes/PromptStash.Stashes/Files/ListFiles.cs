using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Files;

internal static class ListFiles
{
    public static void MapListFiles(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}/files", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListFiles))
            .WithSummary("List the files of a stash in path order, without contents")
            .WithResponseExample(new Page<FileSummary>([FileSummary.Example], Next: null));

    private static async Task<Results<Ok<Page<FileSummary>>, NotFound, ValidationProblem>> HandleAsync(
        Guid stashId,
        ClaimsPrincipal user,
        StashesDbContext db,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        var userId = user.GetUserId();
        if (!Cursor.TryDecode(after, out var afterPath))
        {
            return Problems.InvalidCursor();
        }

        // Paths are unique among the live files of a stash, so the path alone is the cursor.
        var rows = await db.FilesOf(userId)
            .Where(f => f.StashId == stashId)
#pragma warning disable CA1309 // PostgreSQL compares, and "C" is its ordinal comparison.
            .Where(f => afterPath == null || string.Compare(EF.Functions.Collate(f.Path, "C"), afterPath) > 0)
#pragma warning restore CA1309
            .OrderBy(f => EF.Functions.Collate(f.Path, "C"))
            .Take(limit + 1)
            .Select(FileSummary.Projection)
            .ToListAsync(cancellationToken);

        return rows.Count == 0 && !await db.StashesOf(userId).AnyAsync(s => s.Id == stashId, cancellationToken)
            ? TypedResults.NotFound()
            : TypedResults.Ok(Page.Of(rows, limit, file => file.Path));
    }
}
