using PromptStash.Stashes.Access;

namespace PromptStash.Stashes.Transfer;

internal static class ExportArchive
{
    public const string MetadataDescription = "Add promptstash.json with kinds, tags, labels and messages, which an import reads.";
    public const string HistoryDescription = "Add all versions, too: their texts below .promptstash/history/, the rest in promptstash.json.";

    public static void MapExportArchive(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}/export", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(ExportArchive))
            .WithSummary("Get all files of a stash, or of a folder of it, as a zip archive")
            .WithDescription("The same content gives the same bytes. Folders without files have an entry of their own. Files of a folder keep their whole paths.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Produces<Stream>(StatusCodes.Status200OK, "application/zip");

    private static async Task<Results<PushStreamHttpResult, NotFound, ProblemHttpResult>> HandleAsync(
        Guid stashId,
        ClaimsPrincipal user,
        ExportPlanner planner,
        ExportWriter writer,
        CancellationToken cancellationToken,
        [Description("Only what is in this folder.")] Guid? folderId = null,
        [Description(MetadataDescription)] bool metadata = false,
        [Description(HistoryDescription)] bool history = false)
    {
        var choice = new ExportChoice([], folderId is { } folder ? [folder] : [], metadata, history);
        var planned = await planner.PlanAsync(stashId, user, choice, cancellationToken);
        if (planned.Refusal is { } refusal)
        {
            return Problems.Conflict(refusal);
        }

        return planned.Export is { } export ? writer.Answer(export, cancellationToken) : TypedResults.NotFound();
    }
}
