using Npgsql;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Stashes;

/// <summary>What to change of a stash; what is not given stays.</summary>
/// <param name="Name">At most 100 characters.</param>
/// <param name="Scope">What it is for.</param>
/// <param name="Description">At most 1,000 characters; an empty text removes it.</param>
public sealed record UpdateStashRequest(
    [property: StringLength(Stash.NameMaxLength, MinimumLength = 1), NotBlank, PlainText] string? Name,
    [property: EnumDataType(typeof(StashScope))] StashScope? Scope,
    [property: StringLength(Stash.DescriptionMaxLength), PlainText] string? Description);

internal static class UpdateStash
{
    public static void MapUpdateStash(this IEndpointRouteBuilder stashes) =>
        stashes.MapPatch("/{stashId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(UpdateStash))
            .WithSummary("Rename a stash, or change its scope or description")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithRequestExample(new UpdateStashRequest("Team agents", Scope: null, "What our agents run on"))
            .WithResponseExample(StashSummary.Example);

    private static async Task<Results<Ok<StashSummary>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid stashId,
        UpdateStashRequest request,
        ClaimsPrincipal user,
        StashesDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        var name = request.Name is null ? null : StashName.Of(request.Name);
        var description = request.Description is { Length: 0 } ? null : request.Description;

        try
        {
            var changed = await db.StashesOf(userId)
                .Where(s => s.Id == stashId)
                .ExecuteUpdateAsync(
                    s => s
                        .SetProperty(stash => stash.Name, stash => name ?? stash.Name)
                        .SetProperty(stash => stash.Scope, stash => request.Scope ?? stash.Scope)
                        .SetProperty(stash => stash.Description, stash => request.Description == null ? stash.Description : description)
                        .SetProperty(stash => stash.UpdatedAt, now),
                    cancellationToken);
            if (changed == 0)
            {
                return TypedResults.NotFound();
            }
        }
        catch (PostgresException exception) when (exception.IsViolationOf(StashesDbContext.UniqueStashName))
        {
            return Problems.Conflict($"You already have a stash named '{name}'.");
        }

        var answer = await db.StashesOf(userId)
            .Where(s => s.Id == stashId)
            .Select(StashSummary.Projection)
            .SingleOrDefaultAsync(cancellationToken);

        return answer is null ? TypedResults.NotFound() : TypedResults.Ok(answer);
    }
}
