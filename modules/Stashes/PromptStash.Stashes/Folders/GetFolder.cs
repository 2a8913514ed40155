using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Folders;

internal static class GetFolder
{
    public static void MapGetFolder(this IEndpointRouteBuilder folders) =>
        folders.MapGet("/{folderId:guid}", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(GetFolder))
            .WithSummary("Get a folder")
            .WithResponseExample(FolderSummary.Example);

    private static async Task<Results<Ok<FolderSummary>, NotFound>> HandleAsync(
        Guid folderId, ClaimsPrincipal user, StashAccess access, StashesDbContext db, CancellationToken cancellationToken)
    {
        var folder = await access.FoldersOf(user)
            .Where(f => f.Id == folderId)
            .Select(FolderSummary.Projection)
            .SingleOrDefaultAsync(cancellationToken);

        return folder is null ? TypedResults.NotFound() : TypedResults.Ok(folder);
    }
}
