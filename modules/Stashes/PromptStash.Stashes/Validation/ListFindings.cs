using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Validation;

/// <summary>What was found in a version of a file.</summary>
/// <param name="Version">The version that was checked.</param>
/// <param name="Kind">What the file is.</param>
/// <param name="Findings">In the order of the text, at most 200 and one that says that there are more.</param>
internal sealed record FileFindings(int Version, FileKind Kind, IReadOnlyList<Finding> Findings);

internal static class ListFindings
{
    public static void MapListFindings(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/findings", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(ListFindings))
            .WithSummary("Check a file, as it is now or was at a version")
            .WithResponseExample(new FileFindings(1, FileKind.Mcp, [FindingExamples.UrlWithoutType]));

    private static async Task<Results<Ok<FileFindings>, NotFound>> HandleAsync(
        Guid fileId,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        ContentStore contents,
        CancellationToken cancellationToken,
        [Description("The number of a version; the current one when not given.")] int? version = null)
    {
        var file = await access.FilesOf(user)
            .Where(f => f.Id == fileId)
            .Select(f => new { f.Path, f.Kind, f.Version })
            .SingleOrDefaultAsync(cancellationToken);
        var wanted = version ?? access.Reach?.Versions?.Max() ?? file?.Version ?? 0;
        var content = file is null || !access.Shows(wanted) ? null : await contents.ReadVersionAsync(fileId, wanted, cancellationToken);

        return file is null || content is null
            ? TypedResults.NotFound()
            : TypedResults.Ok(new FileFindings(wanted, file.Kind, Checker.Check(file.Path, content, file.Kind).Findings));
    }
}
