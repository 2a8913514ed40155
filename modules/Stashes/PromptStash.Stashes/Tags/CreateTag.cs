using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Tags;

/// <summary>A tag to create. Names are unique among the caller's tags, ignoring case.</summary>
/// <param name="Name">One line of at most 50 characters.</param>
/// <param name="Color"><c>#RRGGBB</c>.</param>
public sealed record CreateTagRequest(
    [property: Required] string Name,
    [property: RegularExpression("^#[0-9A-Fa-f]{6}$")] string? Color = null);

internal static class CreateTag
{
    public static void MapCreateTag(this IEndpointRouteBuilder tags) =>
        tags.MapPost("/", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(CreateTag))
            .WithSummary("Create a tag")
            .WithDescription("Not necessary: a tag that is set on a file for the first time is made by that.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithRequestExample(new CreateTagRequest("review", "#1E88E5"))
            .WithResponseExample(TagSummary.Example, StatusCodes.Status201Created);

    private static async Task<Results<Created<TagSummary>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        CreateTagRequest request,
        ClaimsPrincipal user,
        StashesDbContext db,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = Idempotency.Header), Description(Idempotency.Description), StringLength(IdempotencyKey.KeyMaxLength, MinimumLength = 1)] string? idempotencyKey = null)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        if (!TagName.TryParse(request.Name, out var name, out var error))
        {
            return Problems.Invalid("name", error);
        }

        var tag = new Tag { Id = Guid.CreateVersion7(now), OwnerId = userId, Name = name, Color = request.Color, CreatedAt = now, UpdatedAt = now };
        try
        {
            return await db.InTransactionAsync<Results<Created<TagSummary>, ValidationProblem, ProblemHttpResult>>(
                async (transaction, cancelled) =>
                {
                    if (await db.ClaimAsync<TagSummary>(userId, idempotencyKey, nameof(CreateTag), request, now, options.Value.IdempotencyKeyLifetime, cancelled) is { } replay)
                    {
                        return replay.Answer is null ? Problems.KeyReused() : Created(replay.Answer);
                    }

                    await db.LockTagsAsync(userId, cancelled);
                    if (await db.Tags.CountAsync(t => t.OwnerId == userId, cancelled) >= options.Value.MaxTagsPerUser)
                    {
                        return Problems.Conflict($"You have {options.Value.MaxTagsPerUser} tags already, and there can be no more.");
                    }

                    db.Tags.Add(tag);
                    await db.SaveChangesAsync(cancelled);

                    var answer = TagSummary.Of(tag);
                    await db.RememberAsync(userId, idempotencyKey, answer, cancelled);
                    await transaction.CommitAsync(cancelled);

                    return Created(answer);
                },
                committed: async cancelled =>
                {
                    if (await db.Tags.AnyAsync(t => t.Id == tag.Id, cancelled))
                    {
                        return Created(TagSummary.Of(tag));
                    }

                    return null;
                },
                cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsViolationOf(StashesDbContext.UniqueTagName))
        {
            return Problems.Conflict($"You already have a tag named '{name}'.");
        }

        static Created<TagSummary> Created(TagSummary answer) => TypedResults.Created((Uri?)null, answer);
    }
}
