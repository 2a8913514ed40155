using System.Globalization;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

internal static class ListVersions
{
    public static void MapListVersions(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/versions", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(ListVersions))
            .WithSummary("List a file's versions, newest first, without contents")
            .WithResponseExample(new Page<VersionSummary>([VersionSummary.Example], Next: null));

    private static async Task<Results<Ok<Page<VersionSummary>>, NotFound, ValidationProblem>> HandleAsync(
        Guid fileId,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        var before = int.MaxValue;
        if (!Cursor.TryDecode(after, out var key)
            || (key is not null && !int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out before)))
        {
            return Problems.InvalidCursor();
        }

        if (!await access.FilesOf(user).AnyAsync(f => f.Id == fileId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        var shown = access.Reach?.Versions;
        var rows = await db.FileVersions
            .Where(v => v.FileId == fileId && v.Version < before && (shown == null || shown.Contains(v.Version)))
            .OrderByDescending(v => v.Version)
            .Take(limit + 1)
            .Select(VersionSummary.Projection)
            .ToListAsync(cancellationToken);

        return TypedResults.Ok(Page.Of(rows, limit, version => version.Version.ToString(CultureInfo.InvariantCulture)));
    }
}
