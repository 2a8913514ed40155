using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

/// <summary>All labels of a file; there are few.</summary>
internal sealed record LabelList(IReadOnlyList<LabelSummary> Items);

internal static class ListLabels
{
    public static void MapListLabels(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/labels", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(ListLabels))
            .WithSummary("List a file's labels by name")
            .WithResponseExample(new LabelList([LabelSummary.Example]));

    private static async Task<Results<Ok<LabelList>, NotFound>> HandleAsync(
        Guid fileId, ClaimsPrincipal user, StashAccess access, StashesDbContext db, CancellationToken cancellationToken)
    {
        if (!await access.FilesOf(user).AnyAsync(f => f.Id == fileId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        return TypedResults.Ok(new LabelList([.. (await db.LabelsAsync(fileId, cancellationToken)).Where(label => access.Shows(label.Version))]));
    }

    /// <summary>A file's labels by name. The caller has seen to it that the file may be read.</summary>
    public static Task<List<LabelSummary>> LabelsAsync(this StashesDbContext db, Guid fileId, CancellationToken cancellationToken) => db.FileLabels
        .Where(l => l.FileId == fileId)
        .OrderBy(l => EF.Functions.Collate(l.Name, "C"))
        .Select(LabelSummary.Projection)
        .ToListAsync(cancellationToken);
}
