using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Usage;

namespace PromptStash.Stashes.Folders;

/// <summary>Where a copy of a folder shall be.</summary>
public sealed record CopyFolderRequest
{
    /// <summary>The stash that it comes into; the folder's own when not given.</summary>
    public Guid? StashId { get; init; }

    /// <summary>The folder of that stash; <c>null</c> is the root. When not given the copy gets the folder's own path, and folders are made for it.</summary>
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

    /// <summary>Its name, which must be free there; when not given the folder's own or, where that is taken, a numbered one.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the request names a parent.</summary>
    [JsonIgnore]
    public bool Moves { get; private set; }
}

internal static class CopyFolder
{
    public static void MapCopyFolder(this IEndpointRouteBuilder folders) =>
        folders.MapPost("/{folderId:guid}/copy", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(CopyFolder))
            .WithSummary("Copy a folder, such as a skill with all its files, as it is now")
            .WithDescription("With kinds and tags, and the labels of current versions. The copies start at version 1: history and trash stay where they are.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithRequestExample(new CopyFolderRequest { ParentId = FolderSummary.Example.ParentId, Name = "more-agents" })
            .WithResponseExample(FolderSummary.Example with { Name = "more-agents", Path = ".claude/more-agents" }, StatusCodes.Status201Created);

    private static async Task<Results<CreatedAtRoute<FolderSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid folderId,
        CopyFolderRequest? request,
        ClaimsPrincipal user,
        StashesDbContext db,
        UsageLimits usage,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = Idempotency.Header), Description(Idempotency.Description), StringLength(IdempotencyKey.KeyMaxLength, MinimumLength = 1)] string? idempotencyKey = null)
    {
        var (userId, wanted, now) = (user.GetUserId(), request ?? new CopyFolderRequest(), time.GetUtcNow());
        var (path, name, copyId) = ("", "", Guid.Empty);
        if (wanted.Name is not null && !StashPath.TryParseName(wanted.Name, out name, out var error))
        {
            return Problems.Invalid("name", error);
        }

        try
        {
            return await db.InTransactionAsync<Results<CreatedAtRoute<FolderSummary>, NotFound, ValidationProblem, ProblemHttpResult>>(
                async (transaction, cancelled) =>
                {
                    if (await db.ClaimAsync<FolderSummary>(userId, idempotencyKey, $"{nameof(CopyFolder)} {folderId} {wanted.Moves}", wanted, now, options.Value.IdempotencyKeyLifetime, cancelled) is { } replay)
                    {
                        return replay.Answer is null ? Problems.KeyReused() : Created(replay.Answer);
                    }

                    if (await db.FoldersOf(userId).Where(f => f.Id == folderId).Select(f => (Guid?)f.StashId).SingleOrDefaultAsync(cancelled) is not { } sourceId)
                    {
                        return TypedResults.NotFound();
                    }

                    // A token that does not open the other stash has none there. Both are locked, in one order for all who copy between the two.
                    var stashId = wanted.StashId ?? sourceId;
                    await db.Database.ExecuteSqlAsync(
                        $"SELECT FROM stashes.stashes WHERE id IN ({stashId}, {sourceId}) AND user_id = {userId} ORDER BY id FOR NO KEY UPDATE", cancelled);
                    if (user.GetStashLimit()?.Contains(stashId) is false || !await db.LockStashAsync(stashId, userId, now, cancelled))
                    {
                        return Problems.Invalid("stashId", "You have no such stash.");
                    }

                    if (await db.FindTreeAsync(folderId, userId, cancelled) is not { } tree)
                    {
                        return TypedResults.NotFound();
                    }

                    var parent = !wanted.Moves ? await db.EnsureParentAsync(stashId, tree.Path, now, cancelled)
                        : wanted.ParentId is { } id ? await db.FindPlaceAsync(stashId, userId, id, cancelled) : null;
                    if (wanted.ParentId is not null && parent is null)
                    {
                        return Problems.Invalid("parentId", "The stash has no such folder.");
                    }

                    path = StashPath.Join(parent?.Path, wanted.Name is null ? StashPath.NameOf(tree.Path) : name);
                    path = wanted.Name is null ? await db.FindFreePathAsync(stashId, path, isFolder: true, cancelled) : path;
                    if (tree.Paths.Select(PathOf).FirstOrDefault(copy => Encoding.UTF8.GetByteCount(copy) > StashPath.MaxBytes) is { } tooLong)
                    {
                        return Problems.Invalid(wanted.Moves ? "parentId" : "name", $"The path '{tooLong}' would be longer than {StashPath.MaxBytes} bytes.");
                    }

                    copyId = (await db.CopyTreeAsync(tree.Folders, tree.Files, PathOf, stashId, parent?.Id, userId, now, cancelled))[folderId];
                    var answer = (await ReadAsync(cancelled))!;
                    await db.RememberAsync(userId, idempotencyKey, answer, cancelled);
                    await usage.CheckAsync(userId, UsageKinds.Folders | UsageKinds.Files | UsageKinds.Bytes, cancelled);
                    await transaction.CommitAsync(cancelled);

                    return Created(answer);

                    string PathOf(string old) => path + old[tree.Path.Length..];
                },
                committed: async cancelled =>
                {
                    if (await ReadAsync(cancelled) is not { } answer)
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

        Task<FolderSummary?> ReadAsync(CancellationToken cancelled) =>
            db.FoldersOf(userId).Where(f => f.Id == copyId).Select(FolderSummary.Projection).SingleOrDefaultAsync(cancelled);

        static CreatedAtRoute<FolderSummary> Created(FolderSummary answer) => TypedResults.CreatedAtRoute(answer, nameof(GetFolder), new { folderId = answer.Id });
    }
}
