using PromptStash.Stashes.Folders;

namespace PromptStash.Stashes.Trash;

/// <summary>What was restored, and to where.</summary>
/// <param name="Name">Its name now.</param>
/// <param name="Path">Its path now; null for a stash.</param>
/// <param name="Renamed">Whether its place was taken, so that it, or a folder above it, has another name than before.</param>
internal sealed record RestoredItem(Guid Id, TrashType Type, string Name, string? Path, Guid StashId, bool Renamed);

internal static class RestoreFromTrash
{
    public static void MapRestoreFromTrash(this IEndpointRouteBuilder trash) =>
        trash.MapPost("/{trashId:guid}/restore", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(RestoreFromTrash))
            .WithSummary("Restore something from the trash, with everything that was thrown away with it")
            .WithDescription("It goes back to its place; folders above it that are gone are made again. Where the place is taken it gets a free name, which the answer tells. Shares that ended stay ended.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithResponseExample(new RestoredItem(
                FolderSummary.Example.Id, TrashType.Folder, "agents (2)", ".claude/agents (2)", FolderSummary.Example.StashId, Renamed: true));

    private static async Task<Results<Ok<RestoredItem>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid trashId, ClaimsPrincipal user, TrashRestorer restorer, TimeProvider time, CancellationToken cancellationToken)
    {
        var (restored, problem) = await restorer.RestoreAsync(user.GetUserId(), trashId, time.GetUtcNow(), cancellationToken);
        if (problem is not null)
        {
            return Problems.Conflict(problem);
        }

        return restored is null ? TypedResults.NotFound() : TypedResults.Ok(restored);
    }
}
