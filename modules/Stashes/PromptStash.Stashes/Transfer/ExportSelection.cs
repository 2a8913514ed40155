using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;

namespace PromptStash.Stashes.Transfer;

/// <summary>What of a stash to export.</summary>
/// <param name="FileIds">Files; at most 1,000, unless configured otherwise.</param>
/// <param name="FolderIds">Folders, with everything in them; at most 1,000, unless configured otherwise.</param>
public sealed record ExportSelectionRequest(IReadOnlyList<Guid>? FileIds, IReadOnlyList<Guid>? FolderIds);

internal static class ExportSelection
{
    public static void MapExportSelection(this IEndpointRouteBuilder stashes) =>
        stashes.MapPost("/{stashId:guid}/export", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(ExportSelection))
            .WithSummary("Get some files and folders of a stash as a zip archive")
            .WithDescription("They keep their whole paths. The same content gives the same bytes.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Produces<Stream>(StatusCodes.Status200OK, "application/zip")
            .WithRequestExample(new ExportSelectionRequest([Guid.Parse("019ab4c1-0f3a-7d10-8c11-5a8e2f7b9d01")], FolderIds: null));

    private static async Task<Results<PushStreamHttpResult, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid stashId,
        ExportSelectionRequest request,
        ClaimsPrincipal user,
        ExportPlanner planner,
        ExportWriter writer,
        IOptions<StashesOptions> options,
        CancellationToken cancellationToken,
        [Description(ExportArchive.MetadataDescription)] bool metadata = false,
        [Description(ExportArchive.HistoryDescription)] bool history = false)
    {
        var choice = new ExportChoice([.. request.FileIds ?? []], [.. request.FolderIds ?? []], metadata, history);
        if (choice.IsEverything)
        {
            return Problems.Invalid("fileIds", "Name at least one file or folder.");
        }

        var most = options.Value.MaxExportSelection;
        if (choice.FileIds.Count > most || choice.FolderIds.Count > most)
        {
            return Problems.Invalid(choice.FileIds.Count > most ? "fileIds" : "folderIds", $"Name at most {most}, or export the whole stash.");
        }

        var planned = await planner.PlanAsync(stashId, user, choice, cancellationToken);
        if (planned.Refusal is { } refusal)
        {
            return Problems.Conflict(refusal);
        }

        return planned.Export is { } export ? writer.Answer(export, cancellationToken) : TypedResults.NotFound();
    }
}
