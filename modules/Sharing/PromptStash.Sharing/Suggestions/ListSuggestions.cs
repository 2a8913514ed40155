using PromptStash.Sharing.Access;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;

namespace PromptStash.Sharing.Suggestions;

internal static class ListSuggestions
{
    public static void MapListSuggestions(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/suggestions", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListSuggestions))
            .WithSummary("List the suggestions for a file, newest first: all for its owner, for others their own")
            .WithResponseExample(new Page<SuggestionAnswer>([SuggestionAnswer.Example], Next: null));

    private static async Task<Results<Ok<Page<SuggestionAnswer>>, NotFound, ValidationProblem>> HandleAsync(
        Guid fileId,
        ClaimsPrincipal user,
        AccessibleFiles access,
        SuggestionStore suggestions,
        CancellationToken cancellationToken,
        [AllowedValues(null, "OPEN", "ACCEPTED", "DECLINED", "WITHDRAWN"), Description("OPEN, ACCEPTED, DECLINED or WITHDRAWN; all when not given.")] string? status = null,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!ShareQueries.TryReadCursor(after, out var last))
        {
            return Problems.InvalidCursor();
        }

        var userId = user.GetUserId();
        SuggestionStatus? ofStatus = status is null ? null : Enum.Parse<SuggestionStatus>(status, ignoreCase: true);

        return await access.FindToCommentAsync(fileId, userId, cancellationToken) is { } file
            ? TypedResults.Ok(await suggestions.PageAsync(file.File, userId, ofStatus, last, limit, cancellationToken))
            : TypedResults.NotFound();
    }
}
