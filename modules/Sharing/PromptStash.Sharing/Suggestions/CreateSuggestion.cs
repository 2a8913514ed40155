using Microsoft.AspNetCore.Mvc;
using PromptStash.Sharing.Access;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Suggestions;

/// <summary>A new content for a file.</summary>
/// <param name="BaseVersion">The version that it was made from.</param>
/// <param name="Content">The whole text.</param>
/// <param name="Message">Why, at most 300 characters; it is kept with the version if the suggestion is accepted.</param>
public sealed record CreateSuggestionRequest(
    [property: Range(1, int.MaxValue)] int BaseVersion,
    [property: Required(AllowEmptyStrings = true)] string Content,
    [property: StringLength(Suggestion.MessageMaxLength), PlainText] string? Message = null);

internal static class CreateSuggestion
{
    public static void MapCreateSuggestion(this IEndpointRouteBuilder files, SharingOptions limits) =>
        files.MapPost("/{fileId:guid}/suggestions", HandleAsync)
            .RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxSuggestionBodyBytes))
            .WithName(nameof(CreateSuggestion))
            .WithSummary("Suggest a new content for a file")
            .WithDescription($"For whoever may comment on the file. Its owner decides; until then nothing is changed. The text may have {limits.MaxSuggestionBytes} bytes.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithRequestExample(new CreateSuggestionRequest(BaseVersion: 3, "Read the diff first, then the tests.\n", "Read the tests, too"))
            .WithResponseExample(SuggestionAnswer.Example, StatusCodes.Status201Created);

    private static async Task<Results<CreatedAtRoute<SuggestionAnswer>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId,
        CreateSuggestionRequest request,
        ClaimsPrincipal user,
        AccessibleFiles access,
        IStashFiles files,
        SuggestionStore suggestions,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        if (await access.FindToCommentAsync(fileId, userId, cancellationToken) is not { } accessible)
        {
            return TypedResults.NotFound();
        }

        if (suggestions.Check(request.Content) is { } invalid)
        {
            return invalid;
        }

        var file = accessible.File;
        if (!accessible.Shows(request.BaseVersion)
            || await files.ReadAsync(file, fileId, new FilePin(request.BaseVersion, Label: null), accepted: null, cancellationToken) is null)
        {
            return Problems.Invalid("baseVersion", "The file has no such version.");
        }

        var now = time.GetUtcNow();
        var suggestion = new Suggestion
        {
            Id = Guid.CreateVersion7(now),
            FileId = fileId,
            OwnerId = file.OwnerId,
            BaseVersion = request.BaseVersion,
            Content = request.Content,
            Message = request.Message,
            AuthorId = userId,
            CreatedAt = now,
        };
        access.UseFor(ShareActions.Suggest);
        if (await suggestions.TryAddAsync(suggestion, pass: null, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        return TypedResults.CreatedAtRoute(
            await suggestions.AnswerAsync(suggestion, cancellationToken), nameof(GetSuggestion), new { suggestionId = suggestion.Id });
    }
}
