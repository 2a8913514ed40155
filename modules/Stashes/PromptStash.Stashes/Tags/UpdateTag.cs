using System.Text.Json.Serialization;
using Npgsql;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Tags;

/// <summary>What to change of a tag; what is not named stays as it is.</summary>
public sealed record UpdateTagRequest
{
    /// <summary>The new name: one line of at most 50 characters.</summary>
    public string? Name { get; init; }

    /// <summary><c>#RRGGBB</c>; <c>null</c> takes the colour away.</summary>
    [RegularExpression("^#[0-9A-Fa-f]{6}$")]
    public string? Color
    {
        get;
        init
        {
            // Only called when the body names it.
            field = value;
            Colors = true;
        }
    }

    /// <summary>Whether the request names a colour.</summary>
    [JsonIgnore]
    public bool Colors { get; private set; }
}

internal static class UpdateTag
{
    public static void MapUpdateTag(this IEndpointRouteBuilder tags) =>
        tags.MapPatch("/{tagId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(UpdateTag))
            .WithSummary("Rename a tag or change its colour, on all files at once")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithRequestExample(new UpdateTagRequest { Name = "review", Color = "#1E88E5" })
            .WithResponseExample(TagSummary.Example);

    private static async Task<Results<Ok<TagSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid tagId, UpdateTagRequest request, ClaimsPrincipal user, StashesDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        var name = "";
        if (request.Name is not null && !TagName.TryParse(request.Name, out name, out var error))
        {
            return Problems.Invalid("name", error);
        }

        var tags = db.Tags.Where(t => t.Id == tagId && t.OwnerId == userId);
        try
        {
            await tags.ExecuteUpdateAsync(
                t => t
                    .SetProperty(tag => tag.Name, tag => request.Name == null ? tag.Name : name)
                    .SetProperty(tag => tag.Color, tag => request.Colors ? request.Color : tag.Color)
                    .SetProperty(tag => tag.UpdatedAt, now),
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.IsViolationOf(StashesDbContext.UniqueTagName))
        {
            return Problems.Conflict($"You already have a tag named '{name}'; the two can be merged.");
        }

        var answer = await tags.Select(TagSummary.Projection).SingleOrDefaultAsync(cancellationToken);

        return answer is null ? TypedResults.NotFound() : TypedResults.Ok(answer);
    }
}
