using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Usage;
using PromptStash.Stashes.Validation;

namespace PromptStash.Stashes.Commits;

/// <summary>What a change of a commit does.</summary>
public enum CommitOperation
{
    /// <summary>Writes a content to a path: a new file, or a new version of the one that is there.</summary>
    [JsonStringEnumMemberName("put")] Put,

    /// <summary>Moves a file, or a folder with all in it, into the trash.</summary>
    [JsonStringEnumMemberName("delete")] Delete,

    /// <summary>Gives a file, or a folder with all in it, another path.</summary>
    [JsonStringEnumMemberName("move")] Move,
}

/// <summary>A change of a commit.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Path">The path that it is about, as the changes before it have left it.</param>
/// <param name="Content">For <c>put</c>: the text, kept byte for byte; it may be empty.</param>
/// <param name="IfVersion">The version that the file must be at; for <c>put</c> 0 means that there must be none.</param>
/// <param name="To">For <c>move</c>: the new path. Missing folders above it are made; nothing may be there.</param>
public sealed record CommitChange(
    [property: Required] CommitOperation? Op,
    [property: Required] string Path,
    string? Content = null,
    [property: Range(0, int.MaxValue)] int? IfVersion = null,
    string? To = null);

/// <summary>Changes to a stash that are made together or not at all.</summary>
/// <param name="Message">Why, in the author's words; at most 500 characters. It is kept with every version that the commit makes.</param>
/// <param name="Changes">One after the other, each on what the ones before it have left; at most 1,000.</param>
/// <param name="DryRun">Tell what would happen, and change nothing.</param>
public sealed record CreateCommitRequest(
    [property: Required, StringLength(FileVersion.MessageMaxLength), PlainText] string Message,
    [property: Required] IReadOnlyList<CommitChange> Changes,
    bool DryRun = false);

internal static class CreateCommit
{
    public static void MapCreateCommit(this IEndpointRouteBuilder stashes, StashesOptions limits) =>
        stashes.MapPost("/{stashId:guid}/commits", HandleAsync)
            .RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxContentBodyBytes))
            .OpenToGrants(GrantNeed.EditStash)
            .WithName(nameof(CreateCommit))
            .WithSummary("Write, move and delete files and folders together or not at all")
            .WithDescription(
                "The changes are made in their order. A commit is its outcome: each file gets at most one new version, and what one change puts and a later one deletes "
                + "is never stored. When changes cannot be made, 409 lists all of them and nothing is changed.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithRequestExample(new CreateCommitRequest("Split the reviewer in two",
            [
                new CommitChange(CommitOperation.Put, ".claude/agents/test-reviewer.md", "---\nname: test-reviewer\ndescription: Reviews tests\n---\nRead the tests first.\n", IfVersion: 0),
                new CommitChange(CommitOperation.Move, ".claude/agents/reviewer.md", To: ".claude/agents/code-reviewer.md"),
                new CommitChange(CommitOperation.Delete, ".claude/agents/drafts"),
            ]))
            .WithResponseExample(CommitResult.Example);

    private static async Task<Results<Ok<CommitResult>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid stashId,
        CreateCommitRequest request,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        UsageLimits usage,
        CommitWriter writer,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = Idempotency.Header), Description(Idempotency.Description), StringLength(IdempotencyKey.KeyMaxLength, MinimumLength = 1)] string? idempotencyKey = null,
        [Description("Whether to refuse changes that write a file with errors (422) instead of making them.")] bool strict = false)
    {
        if (!CommitPlan.TryRead(request.Changes, options.Value, out var changes, out var errors))
        {
            return TypedResults.ValidationProblem(errors);
        }

        var (userId, ownerId) = (user.GetUserId(), access.OwnerOf(user));
        var now = time.GetUtcNow();
        var (mark, answer) = ((CommitMark?)null, (CommitResult?)null);
        try
        {
            return await db.InTransactionAsync<Results<Ok<CommitResult>, NotFound, ValidationProblem, ProblemHttpResult>>(
                async (transaction, cancelled) =>
                {
                    if (await db.ClaimAsync<CommitResult>(userId, idempotencyKey, $"{nameof(CreateCommit)} {stashId}", request, now, options.Value.IdempotencyKeyLifetime, cancelled) is { } replay)
                    {
                        return replay.Answer is null ? Problems.KeyReused() : await access.MayRepeatAsync(user, stashId, cancelled) ? TypedResults.Ok(replay.Answer) : TypedResults.NotFound();
                    }

                    if (!await db.LockStashAsync(stashId, ownerId, now, cancelled))
                    {
                        return TypedResults.NotFound();
                    }

                    var tree = await CommitTree.LoadAsync(db, stashId, changes, cancelled);
                    if (tree.Make(changes) is { Count: > 0 } conflicts)
                    {
                        return CommitConflict.Answer(conflicts);
                    }

                    var errors = new StrictErrors(options.Value.MaxFilesInRefusal);
                    mark = await writer.WriteAsync(stashId, ownerId, userId, tree, request.Message, errors, now, cancelled);
                    answer = new CommitResult(request.DryRun, tree.Results(request.DryRun));
                    await db.RememberAsync(userId, idempotencyKey, answer, cancelled);
                    if (mark.Added != 0)
                    {
                        await usage.CheckAsync(ownerId, mark.Added, cancelled);
                    }

                    await access.ConfirmAsync([stashId], cancelled);
                    if (strict && errors.Count > 0)
                    {
                        return errors.Answer();
                    }

                    if (!request.DryRun)
                    {
                        await transaction.CommitAsync(cancelled);
                    }

                    return TypedResults.Ok(answer);
                },
                committed: async cancelled =>
                {
                    if (mark is not null && await mark.IsThereAsync(db, userId, now, cancelled))
                    {
                        return TypedResults.Ok(answer!);
                    }

                    return null;
                },
                cancellationToken);
        }
        catch (Exception exception) when (StashesDbContext.PathConstraints.Any(exception.IsViolationOf))
        {
            // Not in any order of changes that the tree allows, unless two paths differ in a letter whose case only PostgreSQL folds.
            return Problems.Conflict("Two of the paths are the same, ignoring case.");
        }
    }
}
