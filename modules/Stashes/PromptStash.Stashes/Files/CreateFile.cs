using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Folders;
using PromptStash.Stashes.Usage;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Files;

/// <summary>A file to create. Missing folders are made; paths are unique in a stash, ignoring case.</summary>
/// <param name="Path">The path inside the stash, such as <c>.claude/agents/code-reviewer.md</c>.</param>
/// <param name="Content">The text, kept byte for byte; it may be empty.</param>
/// <param name="Kind">What it is; found from path and content when not given.</param>
/// <param name="Message">Why, in the author's words; at most 500 characters. It is kept with version 1.</param>
public sealed record CreateFileRequest(
    [property: Required] string Path,
    [property: Required(AllowEmptyStrings = true)] string Content,
    [property: EnumDataType(typeof(FileKind))] FileKind? Kind,
    [property: StringLength(FileVersion.MessageMaxLength), PlainText] string? Message = null);

internal static class CreateFile
{
    public static void MapCreateFile(this IEndpointRouteBuilder stashes, StashesOptions limits) =>
        stashes.MapPost("/{stashId:guid}/files", HandleAsync)
            .RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxContentBodyBytes))
            .OpenToGrants(GrantNeed.EditPart)
            .WithName(nameof(CreateFile))
            .WithSummary("Create a file, with version 1")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithRequestExample(new CreateFileRequest(
                ".claude/agents/code-reviewer.md",
                "---\nname: code-reviewer\ndescription: Reviews changes for defects\n---\nRead the diff first.\n",
                Kind: null))
            .WithResponseExample(FileSummary.Example, StatusCodes.Status201Created);

    private static async Task<Results<CreatedAtRoute<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid stashId,
        CreateFileRequest request,
        HttpResponse response,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        ContentStore contents,
        UsageLimits usage,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = Idempotency.Header), Description(Idempotency.Description), StringLength(IdempotencyKey.KeyMaxLength, MinimumLength = 1)] string? idempotencyKey = null,
        [Description("Whether to refuse a file with errors (422) instead of saving it.")] bool strict = false)
    {
        var userId = user.GetUserId();
        var ownerId = access.OwnerOf(user);
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        if (!StashPath.TryParse(request.Path, out var path, out var pathError))
        {
            return Problems.Invalid("path", pathError);
        }

        if (!FileContent.TryCreate(request.Content, options.Value.MaxFileBytes, out var content, out var contentError))
        {
            return Problems.Invalid("content", contentError);
        }

        if (strict && Checker.Check(path, content.Text, request.Kind) is var check && check.Count(Severity.Error) > 0)
        {
            return Problems.HasErrors(check);
        }

        try
        {
            return await db.InTransactionAsync<Results<CreatedAtRoute<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>>(
                async (transaction, cancelled) =>
                {
                    if (await db.ClaimAsync<FileSummary>(userId, idempotencyKey, $"{nameof(CreateFile)} {stashId}", request, now, options.Value.IdempotencyKeyLifetime, cancelled) is { } replay)
                    {
                        return replay.Answer is null ? Problems.KeyReused() : await access.MayRepeatAsync(user, stashId, cancelled) ? Created(replay.Answer) : TypedResults.NotFound();
                    }

                    if (!await db.LockStashAsync(stashId, ownerId, now, cancelled))
                    {
                        return TypedResults.NotFound();
                    }

                    var folders = new Dictionary<string, FolderPlace>(StringComparer.Ordinal);
                    await db.EnsureFoldersAsync(stashId, StashPath.AncestorsOf(path), folders, now, cancelled);

                    // Before anything is said about what is there: not all of it may be the caller's to know.
                    await access.ConfirmAsync([stashId, .. folders.Values.Select(folder => folder.Id)], cancelled);
                    var file = NewFile.Of(id, stashId, ownerId, path, content, request.Kind, folders, now);
                    await contents.SaveAsync(ownerId, [ContentPacker.Pack(content, @base: null)], cancelled);
                    db.Files.Add(file);
                    db.FileVersions.Add(FileVersion.Of(file, userId, request.Message, now));
                    await db.SaveChangesAsync(cancelled);

                    var answer = FileSummary.Of(file);
                    await db.RememberAsync(userId, idempotencyKey, answer, cancelled);
                    await usage.CheckAsync(ownerId, db.FoldersMade() | UsageKinds.Files | UsageKinds.Bytes, cancelled);
                    await transaction.CommitAsync(cancelled);

                    return Created(answer);
                },
                committed: async cancelled =>
                {
                    var answer = await db.FilesOf(ownerId).Where(f => f.Id == id).Select(FileSummary.Projection).SingleOrDefaultAsync(cancelled);
                    if (answer is null)
                    {
                        return null;
                    }

                    return Created(answer);
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
        catch (DbUpdateException exception) when (exception.IsViolationOf(StashesDbContext.FileInPlaceOfFolder))
        {
            return Problems.Conflict($"A file is in the way of a folder of '{path}'.");
        }

        CreatedAtRoute<FileSummary> Created(FileSummary answer)
        {
            response.Headers.ETag = ETags.Of(answer.Version);

            return TypedResults.CreatedAtRoute(answer, nameof(GetFile), new { fileId = answer.Id });
        }
    }
}
