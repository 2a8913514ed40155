using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Folders;
using PromptStash.Stashes.Usage;

namespace PromptStash.Stashes.Files;

/// <summary>Where a copy of a file shall be.</summary>
public sealed record CopyFileRequest
{
    /// <summary>The stash that it comes into; the file's own when not given.</summary>
    public Guid? StashId { get; init; }

    /// <summary>The folder of that stash; <c>null</c> is the root. When not given the copy gets the file's own path, and folders are made for it.</summary>
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

    /// <summary>Its name, which must be free there; when not given the file's own or, where that is taken, a numbered one.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the request names a folder.</summary>
    [JsonIgnore]
    public bool Moves { get; private set; }
}

internal static class CopyFile
{
    public static void MapCopyFile(this IEndpointRouteBuilder files) =>
        files.MapPost("/{fileId:guid}/copy", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(CopyFile))
            .WithSummary("Copy a file as it is now, with its kind and tags, as version 1 of a new one")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithRequestExample(new CopyFileRequest { FolderId = FolderSummary.Example.Id, Name = "security-reviewer.md" })
            .WithResponseExample(FileSummary.Example with { Name = "security-reviewer.md", Path = ".claude/agents/security-reviewer.md" }, StatusCodes.Status201Created);

    private static async Task<Results<CreatedAtRoute<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId,
        CopyFileRequest? request,
        ClaimsPrincipal user,
        StashesDbContext db,
        UsageLimits usage,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = Idempotency.Header), Description(Idempotency.Description), StringLength(IdempotencyKey.KeyMaxLength, MinimumLength = 1)] string? idempotencyKey = null)
    {
        var (userId, wanted) = (user.GetUserId(), request ?? new CopyFileRequest());
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var (path, name) = ("", "");
        if (wanted.Name is not null && !StashPath.TryParseName(wanted.Name, out name, out var error))
        {
            return Problems.Invalid("name", error);
        }

        try
        {
            return await db.InTransactionAsync<Results<CreatedAtRoute<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>>(
                async (transaction, cancelled) =>
                {
                    if (await db.ClaimAsync<FileSummary>(userId, idempotencyKey, $"{nameof(CopyFile)} {fileId} {wanted.Moves}", wanted, now, options.Value.IdempotencyKeyLifetime, cancelled) is { } replay)
                    {
                        return replay.Answer is null ? Problems.KeyReused() : Created(replay.Answer);
                    }

                    var source = await db.FilesOf(userId).Where(f => f.Id == fileId).Select(f => new { f.StashId, f.Path }).SingleOrDefaultAsync(cancelled);
                    if (source is null)
                    {
                        return TypedResults.NotFound();
                    }

                    // A token that does not open the other stash has none there.
                    var stashId = wanted.StashId ?? source.StashId;
                    if (user.GetStashLimit()?.Contains(stashId) is false || !await db.LockStashAsync(stashId, userId, now, cancelled))
                    {
                        return Problems.Invalid("stashId", "You have no such stash.");
                    }

                    var folder = !wanted.Moves ? await db.EnsureParentAsync(stashId, source.Path, now, cancelled)
                        : wanted.FolderId is { } place ? await db.FindPlaceAsync(stashId, userId, place, cancelled) : null;
                    if (wanted.FolderId is not null && folder is null)
                    {
                        return Problems.Invalid("folderId", "The stash has no such folder.");
                    }

                    path = StashPath.Join(folder?.Path, wanted.Name is null ? StashPath.NameOf(source.Path) : name);
                    path = wanted.Name is null ? await db.FindFreePathAsync(stashId, path, isFolder: false, cancelled) : path;
                    if (!StashPath.TryParse(path, out _, out var pathError))
                    {
                        return Problems.Invalid("name", pathError);
                    }

                    if (await db.CopyFilesAsync(stashId, userId, [new FileCopy(fileId, id, folder?.Id, path)], withLabels: false, now, cancelled) == 0)
                    {
                        return TypedResults.NotFound();
                    }

                    var answer = await db.FilesOf(userId).Where(f => f.Id == id).Select(FileSummary.Projection).SingleAsync(cancelled);
                    await db.RememberAsync(userId, idempotencyKey, answer, cancelled);
                    await usage.CheckAsync(userId, db.FoldersMade() | UsageKinds.Files | UsageKinds.Bytes, cancelled);
                    await transaction.CommitAsync(cancelled);

                    return Created(answer);
                },
                committed: async cancelled =>
                {
                    var answer = await db.FilesOf(userId).Where(f => f.Id == id).Select(FileSummary.Projection).SingleOrDefaultAsync(cancelled);
                    if (answer is null)
                    {
                        return null;
                    }

                    return Created(answer);
                },
                cancellationToken);
        }
        catch (Exception exception) when (StashesDbContext.PathConstraints.Any(exception.IsViolationOf))
        {
            return Problems.Conflict($"Something is in the way of the copy at '{path}'.");
        }

        static CreatedAtRoute<FileSummary> Created(FileSummary answer) => TypedResults.CreatedAtRoute(answer, nameof(GetFile), new { fileId = answer.Id });
    }
}
