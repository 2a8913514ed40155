using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Folders;

namespace PromptStash.Stashes.Stashes;

/// <summary>Everything in a stash without contents, folders and files each in byte order of their paths.</summary>
internal sealed record StashTree(IReadOnlyList<TreeFolder> Folders, IReadOnlyList<FileSummary> Files);

/// <summary>A folder as a tree shows it.</summary>
internal sealed record TreeFolder(Guid Id, Guid? ParentId, string Name, string Path);

internal static class GetStashTree
{
    public static void MapGetStashTree(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}/tree", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(GetStashTree))
            .WithSummary("Get all folders and files of a stash, without contents")
            .WithResponseExample(new StashTree(
                [new TreeFolder(FolderSummary.Example.Id, FolderSummary.Example.ParentId, FolderSummary.Example.Name, FolderSummary.Example.Path)],
                [FileSummary.ReadExample]));

    private static async Task<Results<Ok<StashTree>, NotFound>> HandleAsync(
        Guid stashId, ClaimsPrincipal user, StashAccess access, StashesDbContext db, FileComments comments, CancellationToken cancellationToken)
    {
        if (!await access.StashesOf(user).AnyAsync(s => s.Id == stashId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        var folders = await access.FoldersOf(user)
            .Where(f => f.StashId == stashId)
            .OrderBy(f => EF.Functions.Collate(f.Path, "C"))
            .Select(f => new TreeFolder(f.Id, f.ParentId, f.Name, f.Path))
            .ToListAsync(cancellationToken);
        var files = await access.FilesOf(user)
            .Where(f => f.StashId == stashId)
            .OrderBy(f => EF.Functions.Collate(f.Path, "C"))
            .Select(FileSummary.Projection)
            .ToListAsync(cancellationToken);

        return TypedResults.Ok(new StashTree(folders, await comments.AddAsync(files, cancellationToken)));
    }
}
