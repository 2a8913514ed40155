using PromptStash.Sharing.Data;
using PromptStash.Sharing.Links;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Comments;

internal static class ListLinkComments
{
    public static void MapListLinkComments(this IEndpointRouteBuilder shared) =>
        shared.MapGet("/{token}/comments", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(ListLinkComments))
            .WithSummary("List the comments on a shared file, oldest first")
            .WithDescription("For links that allow COMMENT.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithResponseExample(new Page<CommentAnswer>([CommentAnswer.Example], Next: null));

    private static async Task<Results<Ok<Page<CommentAnswer>>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        [Description("The token of the link.")] string token,
        HttpContext http,
        LinkGate gate,
        IStashFiles files,
        CommentStore comments,
        CancellationToken cancellationToken,
        [PlainText, Description("The path below a shared folder or stash; not needed for a shared file.")] string? path = null,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!ShareQueries.TryReadCursor(after, out var last))
        {
            return Problems.InvalidCursor();
        }

        var (link, refusal) = await gate.EnterAsync(http, token, ShareActions.Read, counts: false, cancellationToken);
        if (link is null)
        {
            return refusal!;
        }

        if (link.Share.Permission != SharePermission.Comment || await files.FileOfAsync(link, path, cancellationToken) is not { } fileId)
        {
            return await gate.NothingHereAsync(http, cancellationToken);
        }

        var versions = await files.VersionsOfAsync(link, fileId, cancellationToken);
        if (versions is { Count: 0 })
        {
            return await gate.NothingHereAsync(http, cancellationToken);
        }

        var page = await comments.PageAsync(fileId, versions, last, limit, showsIds: false, cancellationToken);

        return await gate.PassAsync(http, cancellationToken) is { } shut ? shut : TypedResults.Ok(page);
    }
}
