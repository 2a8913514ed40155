using PromptStash.Sharing.Access;
using PromptStash.Sharing.Shares;

namespace PromptStash.Sharing.Comments;

internal static class ListComments
{
    public static void MapListComments(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/comments", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListComments))
            .WithSummary("List the comments on a file, oldest first")
            .WithResponseExample(new Page<CommentAnswer>([CommentAnswer.Example], Next: null));

    private static async Task<Results<Ok<Page<CommentAnswer>>, NotFound, ValidationProblem>> HandleAsync(
        Guid fileId,
        ClaimsPrincipal user,
        AccessibleFiles access,
        CommentStore comments,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!ShareQueries.TryReadCursor(after, out var last))
        {
            return Problems.InvalidCursor();
        }

        return await access.FindToCommentAsync(fileId, user.GetUserId(), cancellationToken) is { } file
            ? TypedResults.Ok(await comments.PageAsync(fileId, file.Versions, last, limit, showsIds: true, cancellationToken))
            : TypedResults.NotFound();
    }
}
