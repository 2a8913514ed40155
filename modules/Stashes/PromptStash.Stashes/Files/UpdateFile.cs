using System.Text.Json.Serialization;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Folders;
using PromptStash.Stashes.Tags;

namespace PromptStash.Stashes.Files;

/// <summary>What to change of a file besides its content; what is not named stays as it is.</summary>
public sealed record UpdateFileRequest
{
    /// <summary>The new name: one segment of a path, at most 255 bytes of UTF-8.</summary>
    public string? Name { get; init; }

    /// <summary>The folder of the same stash to move it into; <c>null</c> moves it to the root.</summary>
    public Guid? FolderId
    {
        get;
        init
        {
            // Only called when the body names it: null is a place, no value is none.
            field = value;
            Moves = true;
        }
    }

    /// <summary>What it is; <c>null</c> has it found again from path and content.</summary>
    [EnumDataType(typeof(FileKind))]
    public FileKind? Kind
    {
        get;
        init
        {
            field = value;
            Kinds = true;
        }
    }

    /// <summary>Whether the request names a folder.</summary>
    [JsonIgnore]
    public bool Moves { get; private set; }

    /// <summary>Whether the request names a kind.</summary>
    [JsonIgnore]
    public bool Kinds { get; private set; }
}

internal static class UpdateFile
{
    public static void MapUpdateFile(this IEndpointRouteBuilder files) =>
        files.MapPatch("/{fileId:guid}", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.EditInside)
            .WithName(nameof(UpdateFile))
            .WithSummary("Rename or move a file, or say what it is")
            .WithDescription("Send folderId: null to move it to the root; without folderId it stays in its folder. Its kind stays what it is unless it is named.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithRequestExample(new UpdateFileRequest { Name = "code-reviewer.md", FolderId = FolderSummary.Example.Id, Kind = FileKind.Agent })
            .WithResponseExample(FileSummary.Example);

    private static async Task<Results<Ok<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId, UpdateFileRequest request, ClaimsPrincipal user, StashAccess access, StashesDbContext db, TimeProvider time, CancellationToken cancellationToken)
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
            return await db.InTransactionAsync<Results<Ok<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>>(
                async (transaction, cancelled) =>
                {
                    // The stash's lock for its paths, the file's for its content, from which the facts are read.
                    var locked = await db.LockStashOfFileAsync(fileId, ownerId, now, cancelled);
                    await db.LockFilesAsync(ownerId, [fileId], cancelled);
                    if (!locked || await db.FilesOf(ownerId).SingleOrDefaultAsync(f => f.Id == fileId, cancelled) is not { } file)
                    {
                        return TypedResults.NotFound();
                    }

                    await access.ConfirmFileAsync(fileId, cancelled);
                    var folderId = request.Moves ? request.FolderId : file.FolderId;
                    var folder = folderId is { } id ? await db.FindPlaceAsync(file.StashId, ownerId, id, cancelled) : null;
                    if (folderId is not null && folder is null)
                    {
                        return Problems.Invalid("folderId", "The stash has no such folder.");
                    }

                    await access.ConfirmIntoAsync(file.StashId, folderId, cancelled);
                    path = StashPath.Join(folder?.Path, request.Name is null ? file.Name : name);
                    if (!StashPath.TryParse(path, out _, out var pathError))
                    {
                        return Problems.Invalid(request.Moves ? "folderId" : "name", pathError);
                    }

                    var facts = FileFacts.Of(path, file.Content, request.Kinds ? request.Kind : file.Kind);
                    if (path != file.Path || facts.Kind != file.Kind)
                    {
                        (file.Name, file.Path, file.FolderId, file.UpdatedAt) = (StashPath.NameOf(path), path, folderId, now);
                        Apply(facts, file);
                        await db.SaveChangesAsync(cancelled);
                        await transaction.CommitAsync(cancelled);
                    }

                    return TypedResults.Ok(await ReadAsync(cancelled) ?? FileSummary.Of(file));
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
        catch (DbUpdateException exception) when (exception.IsViolationOf(StashesDbContext.UniqueFilePath))
        {
            return Problems.Conflict($"The stash has a file at '{path}' already.");
        }
        catch (DbUpdateException exception) when (exception.IsViolationOf(StashesDbContext.FolderInPlaceOfFile))
        {
            return Problems.Conflict($"A folder is in the way of '{path}'.");
        }

        Task<FileSummary?> ReadAsync(CancellationToken cancelled) =>
            db.FilesOf(ownerId).Where(f => f.Id == fileId).Select(FileSummary.Projection).SingleOrDefaultAsync(cancelled);
    }

    private static void Apply(FileFacts facts, StashFile file) =>
        (file.Kind, file.FileType, file.Description, file.Fields, file.Tokens, file.CheckedRules, file.Errors, file.Warnings, file.Infos) =
        (facts.Kind, facts.Type, facts.Description, facts.Fields, facts.Tokens, facts.CheckedRules, facts.Errors, facts.Warnings, facts.Infos);
}
