using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Usage;

namespace PromptStash.Stashes.Folders;

/// <summary>A folder to create, with the parents that are missing.</summary>
/// <param name="Path">The path inside the stash, such as <c>.claude/agents</c>.</param>
public sealed record CreateFolderRequest([property: Required] string Path);

internal static class CreateFolder
{
    public static void MapCreateFolder(this IEndpointRouteBuilder stashes) =>
        stashes.MapPost("/{stashId:guid}/folders", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.EditPart)
            .WithName(nameof(CreateFolder))
            .WithSummary("Create a folder and its missing parents")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithRequestExample(new CreateFolderRequest(".claude/agents"))
            .WithResponseExample(FolderSummary.Example, StatusCodes.Status201Created);

    private static async Task<Results<Created<FolderSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid stashId,
        CreateFolderRequest request,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        UsageLimits usage,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = Idempotency.Header), Description(Idempotency.Description), StringLength(IdempotencyKey.KeyMaxLength, MinimumLength = 1)] string? idempotencyKey = null)
    {
        var userId = user.GetUserId();
        var ownerId = access.OwnerOf(user);
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        if (!StashPath.TryParse(request.Path, out var path, out var error))
        {
            return Problems.Invalid("path", error);
        }

        try
        {
            return await db.InTransactionAsync<Results<Created<FolderSummary>, NotFound, ValidationProblem, ProblemHttpResult>>(
                async (transaction, cancelled) =>
                {
                    if (await db.ClaimAsync<FolderSummary>(userId, idempotencyKey, $"{nameof(CreateFolder)} {stashId}", request, now, options.Value.IdempotencyKeyLifetime, cancelled) is { } replay)
                    {
                        return replay.Answer is null ? Problems.KeyReused() : await access.MayRepeatAsync(user, stashId, cancelled) ? Created(replay.Answer) : TypedResults.NotFound();
                    }

                    if (!await db.LockStashAsync(stashId, ownerId, now, cancelled))
                    {
                        return TypedResults.NotFound();
                    }

                    var places = new Dictionary<string, FolderPlace>(StringComparer.Ordinal);
                    await db.EnsureFoldersAsync(stashId, [.. StashPath.AncestorsOf(path), path], places, now, cancelled, new FolderPlace(id, path));

                    // Before anything is said about what is there: not all of it may be the caller's to know.
                    await access.ConfirmAsync([stashId, .. places.Values.Select(place => place.Id)], cancelled);
                    if (db.ChangeTracker.Entries<Folder>().SingleOrDefault(e => e.Entity.Id == id)?.Entity is not { } folder)
                    {
                        return Problems.Conflict($"The folder '{places[path].Path}' exists already.");
                    }

                    await db.SaveChangesAsync(cancelled);

                    var answer = FolderSummary.Of(folder);
                    await db.RememberAsync(userId, idempotencyKey, answer, cancelled);
                    await usage.CheckAsync(ownerId, UsageKinds.Folders, cancelled);
                    await transaction.CommitAsync(cancelled);

                    return Created(answer);
                },
                committed: async cancelled =>
                {
                    var folder = await db.FoldersOf(ownerId).AsNoTracking().SingleOrDefaultAsync(f => f.Id == id, cancelled);
                    if (folder is null)
                    {
                        return null;
                    }

                    return Created(FolderSummary.Of(folder));
                },
                cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsViolationOf(StashesDbContext.FileInPlaceOfFolder))
        {
            return Problems.Conflict($"A file is in the way of '{path}'.");
        }

        static Created<FolderSummary> Created(FolderSummary answer) => TypedResults.Created((Uri?)null, answer);
    }
}
