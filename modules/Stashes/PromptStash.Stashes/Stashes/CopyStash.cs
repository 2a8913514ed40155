using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Folders;
using PromptStash.Stashes.Usage;

namespace PromptStash.Stashes.Stashes;

/// <summary>What a copy of a stash shall be called.</summary>
/// <param name="Name">At most 100 characters, and free; when not given the stash's own name with a number.</param>
public sealed record CopyStashRequest([property: StringLength(Stash.NameMaxLength), NotBlank, PlainText] string? Name = null);

internal static class CopyStash
{
    public static void MapCopyStash(this IEndpointRouteBuilder stashes) =>
        stashes.MapPost("/{stashId:guid}/copy", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(CopyStash))
            .WithSummary("Copy a stash as it is now")
            .WithDescription("Folders and files with their kinds and tags, and the labels of their current versions. The copies start at version 1: history and trash stay where they are.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithRequestExample(new CopyStashRequest("Team agents, next"))
            .WithResponseExample(StashSummary.Example with { Name = "Team agents, next" }, StatusCodes.Status201Created);

    private static async Task<Results<CreatedAtRoute<StashSummary>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid stashId,
        CopyStashRequest? request,
        ClaimsPrincipal user,
        StashesDbContext db,
        UsageLimits usage,
        StashCopier copier,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = Idempotency.Header), Description(Idempotency.Description), StringLength(IdempotencyKey.KeyMaxLength, MinimumLength = 1)] string? idempotencyKey = null)
    {
        var userId = user.GetUserId();
        var wanted = request ?? new CopyStashRequest();
        var name = wanted.Name is null ? null : StashName.Of(wanted.Name);
        if (user.GetStashLimit() is not null)
        {
            // The copy would be a stash that the token does not open; it may not make others either.
            return TypedResults.Problem("This token opens only some stashes, and makes no others.", statusCode: StatusCodes.Status403Forbidden);
        }

        for (var tries = 1; ; tries++)
        {
            var now = time.GetUtcNow();
            var id = Guid.CreateVersion7(now);
            try
            {
                return await db.InTransactionAsync<Results<CreatedAtRoute<StashSummary>, NotFound, ProblemHttpResult>>(
                    async (transaction, cancelled) =>
                    {
                        if (await db.ClaimAsync<StashSummary>(userId, idempotencyKey, $"{nameof(CopyStash)} {stashId}", wanted, now, options.Value.IdempotencyKeyLifetime, cancelled) is { } replay)
                        {
                            return replay.Answer is null ? Problems.KeyReused() : Created(replay.Answer);
                        }

                        if (!await copier.CopyAsync(stashId, userId, id, name, now, cancelled))
                        {
                            return TypedResults.NotFound();
                        }

                        var answer = (await ReadAsync(cancelled))!;
                        await db.RememberAsync(userId, idempotencyKey, answer, cancelled);
                        await usage.CheckAsync(userId, UsageKinds.Stashes | UsageKinds.Folders | UsageKinds.Files | UsageKinds.Bytes, cancelled);
                        await transaction.CommitAsync(cancelled);

                        return Created(answer);
                    },
                    committed: async cancelled =>
                    {
                        if (await ReadAsync(cancelled) is { } answer)
                        {
                            return Created(answer);
                        }

                        return null;
                    },
                    cancellationToken);
            }
            catch (Exception exception) when (exception.IsViolationOf(StashesDbContext.UniqueStashName))
            {
                // A name that was found free and taken since: the index decides, and the next number is tried.
                if (name is not null || tries == FreeName.MaxTries)
                {
                    return Problems.Conflict($"You already have a stash named '{name ?? "like the copy"}'.");
                }
            }

            Task<StashSummary?> ReadAsync(CancellationToken cancelled) =>
                db.StashesOf(userId).Where(s => s.Id == id).Select(StashSummary.Projection).SingleOrDefaultAsync(cancelled);
        }

        static CreatedAtRoute<StashSummary> Created(StashSummary answer) =>
            TypedResults.CreatedAtRoute(answer, nameof(GetStash), new { stashId = answer.Id });
    }
}
