using Microsoft.Extensions.Options;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Links;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Comments;

/// <summary>A comment of whoever holds a link.</summary>
/// <param name="Name">What the author calls themselves, at most 100 characters. Nobody checks it, and it is shown as such.</param>
/// <param name="Body">The text, at most 10,000 characters.</param>
/// <param name="LineFrom">The first line that it is about, counted from 1; the whole file when not given.</param>
/// <param name="LineTo">The last line; the first one when not given.</param>
/// <param name="ParentId">The comment that it answers.</param>
public sealed record CreateLinkCommentRequest(
    [property: Required, StringLength(Comment.AuthorNameMaxLength), PlainText] string Name,
    [property: Required, StringLength(Comment.BodyMaxLength), PlainText] string Body,
    [property: Range(1, int.MaxValue)] int? LineFrom = null,
    [property: Range(1, int.MaxValue)] int? LineTo = null,
    Guid? ParentId = null);

internal static class CreateLinkComment
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static void MapCreateLinkComment(this IEndpointRouteBuilder shared, SharingOptions limits) =>
        shared.MapPost("/{token}/comments", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(CreateLinkComment))
            .WithSummary("Comment on a shared file under a name of one's own")
            .WithDescription($"For links that allow COMMENT. An address may write {limits.LinkCommentsPerHour} comments an hour through one link.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithRequestExample(new CreateLinkCommentRequest("Grace", "Should it read the tests, too?", LineFrom: 5))
            .WithResponseExample(CommentAnswer.Example, StatusCodes.Status201Created);

    private static async Task<Results<Created<CommentAnswer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        [Description("The token of the link.")] string token,
        CreateLinkCommentRequest request,
        HttpContext http,
        LinkGate gate,
        Visitors visitors,
        AttemptLimit attempts,
        IStashFiles files,
        CommentStore comments,
        IOptions<SharingOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [Description("The path below a shared folder or stash; not needed for a shared file.")] string? path = null)
    {
        var (link, refusal) = await gate.EnterAsync(http, token, ShareActions.Comment, counts: false, cancellationToken);
        if (link is null)
        {
            return refusal!;
        }

        if (link.Share.Permission != SharePermission.Comment || await files.FileOfAsync(link, path, cancellationToken) is not { } fileId)
        {
            return Problems.NothingHere();
        }

        var now = time.GetUtcNow();
        var key = AttemptLimit.CommentKey(link.Share.Id, await visitors.HashAsync(http, cancellationToken));
        if (await attempts.CountAsync(key, now, Hour, cancellationToken) > options.Value.LinkCommentsPerHour)
        {
            return Problems.TooMany(http, Hour, "Too many comments. Try again later.");
        }

        // About the version that the link shows.
        var shown = await files.ReadAsync(link.Target, fileId, link.Pin, link.Accepted, cancellationToken);
        var place = new CommentPlace(shown?.Version, request.LineFrom, request.LineTo, request.ParentId);
        var (comment, error) = await comments.AddAsync(
            link.Target, fileId, place, authorId: null, request.Name.Trim(), request.Body, now, cancellationToken);
        if (comment is null)
        {
            return error!;
        }

        return TypedResults.Created((string?)null, comment);
    }
}
