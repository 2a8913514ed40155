using System.Text.Json.Serialization;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Folders;

/// <summary>What to change of a folder; what is not named stays as it is.</summary>
public sealed record UpdateFolderRequest
{
    /// <summary>The new name: one segment of a path, at most 255 bytes of UTF-8.</summary>
    public string? Name { get; init; }

    /// <summary>The folder of the same stash to move it into; <c>null</c> moves it to the root.</summary>
    public Guid? ParentId
    {
        get;
        init
        {
            // Only called when the body names it: null is a place, no value is none.
            field = value;
            Moves = true;
        }
    }

    /// <summary>Whether the request names a parent.</summary>
    [JsonIgnore]
    public bool Moves { get; private set; }
}

internal static class UpdateFolder
{
    public static void MapUpdateFolder(this IEndpointRouteBuilder folders) =>
        folders.MapPatch("/{folderId:guid}", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.EditInside)
            .WithName(nameof(UpdateFolder))
            .WithSummary("Rename or move a folder with everything in it")
            .WithDescription("Send parentId: null to move it to the root; without parentId it stays in its folder. The kinds of files stay what they are.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithRequestExample(new UpdateFolderRequest { Name = "agents", ParentId = FolderSummary.Example.ParentId })
            .WithResponseExample(FolderSummary.Example);

    private static async Task<Results<Ok<FolderSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid folderId,
        UpdateFolderRequest request,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var ownerId = access.OwnerOf(user);
        var now = time.GetUtcNow();
        var name = "";
        if (request.Name is not null && !StashPath.TryParseName(request.Name, out name, out var error))
        {
            return Problems.Invalid("name", error);
        }

        var path = "";
        try
        {
            return await db.InTransactionAsync<Results<Ok<FolderSummary>, NotFound, ValidationProblem, ProblemHttpResult>>(
                async (transaction, cancelled) =>
                {
                    if (!await db.LockStashOfFolderAsync(folderId, ownerId, now, cancelled)
                        || await db.FoldersOf(ownerId).AsNoTracking().SingleOrDefaultAsync(f => f.Id == folderId, cancelled) is not { } folder)
                    {
                        return TypedResults.NotFound();
                    }

                    await access.ConfirmFolderAsync(folderId, cancelled);
                    var parentId = request.Moves ? request.ParentId : folder.ParentId;
                    var parent = parentId is { } id ? await db.FindPlaceAsync(folder.StashId, ownerId, id, cancelled) : null;
                    if (parentId is not null && parent is null)
                    {
                        return Problems.Invalid("parentId", "The stash has no such folder.");
                    }

                    if (parent is not null && (parent.Id == folder.Id || parent.Path.StartsWith(folder.Path + "/", StringComparison.Ordinal)))
                    {
                        return Problems.Conflict($"The folder '{folder.Path}' cannot move into itself.");
                    }

                    await access.ConfirmIntoAsync(folder.StashId, parentId, cancelled);
                    path = StashPath.Join(parent?.Path, request.Name is null ? folder.Name : name);
                    if (path != folder.Path)
                    {
                        if (await db.MoveFolderAsync(folder, parentId, path, now, cancelled) is { } tooLong)
                        {
                            return Problems.Invalid(request.Moves ? "parentId" : "name", $"The path '{tooLong}' would be longer than {StashPath.MaxBytes} bytes.");
                        }

                        await transaction.CommitAsync(cancelled);
                    }

                    return TypedResults.Ok(await ReadAsync(cancelled) ?? FolderSummary.Of(folder));
                },
                committed: async cancelled =>
                {
                    if (await ReadAsync(cancelled) is { } done && done.UpdatedAt == now)
                    {
                        return TypedResults.Ok(done);
                    }

                    return null;
                },
                cancellationToken);
        }
        catch (Exception exception) when (exception.IsViolationOf(StashesDbContext.UniqueFolderPath))
        {
            return Problems.Conflict($"The stash has a folder at '{path}' already.");
        }
        catch (Exception exception) when (exception.IsViolationOf(StashesDbContext.FileInPlaceOfFolder))
        {
            return Problems.Conflict($"A file is in the way of '{path}'.");
        }

        Task<FolderSummary?> ReadAsync(CancellationToken cancelled) =>
            db.FoldersOf(ownerId).Where(f => f.Id == folderId).Select(FolderSummary.Projection).SingleOrDefaultAsync(cancelled);
    }
}
