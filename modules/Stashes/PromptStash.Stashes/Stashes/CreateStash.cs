using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Templates;
using PromptStash.Stashes.Usage;

namespace PromptStash.Stashes.Stashes;

/// <summary>A stash to create. Names are unique among the caller's stashes, ignoring case.</summary>
/// <param name="Name">At most 100 characters.</param>
/// <param name="Scope">What it is for; USER when not given.</param>
/// <param name="Description">At most 1,000 characters.</param>
/// <param name="WithTemplates">Whether it begins with a file of each kind that belongs into a stash of its scope.</param>
public sealed record CreateStashRequest(
    [property: Required, StringLength(Stash.NameMaxLength), PlainText] string Name,
    [property: EnumDataType(typeof(StashScope))] StashScope? Scope,
    [property: StringLength(Stash.DescriptionMaxLength), PlainText] string? Description,
    bool WithTemplates = false);

internal static class CreateStash
{
    public static void MapCreateStash(this IEndpointRouteBuilder stashes) =>
        stashes.MapPost("/", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(CreateStash))
            .WithSummary("Create a stash")
            .WithDescription("With withTemplates it begins with files to change: those of a plugin for PLUGIN, a marketplace with a plugin for MARKETPLACE, those of a project else.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithRequestExample(new CreateStashRequest("Team agents", StashScope.Project, "What our agents run on"))
            .WithResponseExample(StashSummary.Example, StatusCodes.Status201Created);

    private static async Task<Results<CreatedAtRoute<StashSummary>, ProblemHttpResult>> HandleAsync(
        CreateStashRequest request,
        ClaimsPrincipal user,
        StashesDbContext db,
        UsageLimits usage,
        StarterFiles starter,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = Idempotency.Header), Description(Idempotency.Description), StringLength(IdempotencyKey.KeyMaxLength, MinimumLength = 1)] string? idempotencyKey = null)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        var stash = new Stash
        {
            Id = Guid.CreateVersion7(now),
            Name = StashName.Of(request.Name),
            Scope = request.Scope ?? StashScope.User,
            Description = request.Description,
            UserId = userId,
            CreatedAt = now,
            UpdatedAt = now,
        };

        try
        {
            return await db.InTransactionAsync<Results<CreatedAtRoute<StashSummary>, ProblemHttpResult>>(
                async (transaction, cancelled) =>
                {
                    if (await db.ClaimAsync<StashSummary>(userId, idempotencyKey, nameof(CreateStash), request, now, options.Value.IdempotencyKeyLifetime, cancelled) is { } replay)
                    {
                        return replay.Answer is null ? Problems.KeyReused() : Created(replay.Answer);
                    }

                    db.Stashes.Add(stash);
                    await db.SaveChangesAsync(cancelled);

                    var added = UsageKinds.Stashes;
                    if (request.WithTemplates)
                    {
                        await starter.WriteAsync(stash, now, cancelled);
                        added |= UsageKinds.Folders | UsageKinds.Files | UsageKinds.Bytes;
                    }

                    var answer = (await ReadAsync(cancelled))!;
                    await db.RememberAsync(userId, idempotencyKey, answer, cancelled);
                    await usage.CheckAsync(userId, added, cancelled);
                    await transaction.CommitAsync(cancelled);

                    return Created(answer);
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
        catch (DbUpdateException exception) when (exception.IsViolationOf(StashesDbContext.UniqueStashName))
        {
            // The index decides, not a query before the insert: two requests at once cannot both win.
            return Problems.Conflict($"You already have a stash named '{stash.Name}'.");
        }

        Task<StashSummary?> ReadAsync(CancellationToken cancelled) =>
            db.StashesOf(userId).Where(s => s.Id == stash.Id).Select(StashSummary.Projection).SingleOrDefaultAsync(cancelled);

        static CreatedAtRoute<StashSummary> Created(StashSummary answer) =>
            TypedResults.CreatedAtRoute(answer, nameof(GetStash), new { stashId = answer.Id });
    }
}
