using Microsoft.Extensions.Options;
using PromptStash.Sharing.Access;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Links;
using PromptStash.Sharing.Shares;

namespace PromptStash.Sharing.Comments;

/// <summary>A comment to write.</summary>
/// <param name="Body">The text, at most 10,000 characters.</param>
/// <param name="Version">The version that it is about; the newest when not given.</param>
/// <param name="LineFrom">The first line that it is about, counted from 1; the whole file when not given.</param>
/// <param name="LineTo">The last line; the first one when not given.</param>
/// <param name="ParentId">The comment that it answers.</param>
public sealed record CreateCommentRequest(
    [property: Required, StringLength(Comment.BodyMaxLength), PlainText] string Body,
    [property: Range(1, int.MaxValue)] int? Version = null,
    [property: Range(1, int.MaxValue)] int? LineFrom = null,
    [property: Range(1, int.MaxValue)] int? LineTo = null,
    Guid? ParentId = null);

internal static class CreateComment
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static void MapCreateComment(this IEndpointRouteBuilder files) =>
        files.MapPost("/{fileId:guid}/comments", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(CreateComment))
            .WithSummary("Comment on a file, or answer a comment")
            .WithRequestExample(new CreateCommentRequest("Should it read the tests, too?", Version: 3, LineFrom: 5))
            .WithResponseExample(CommentAnswer.Example, StatusCodes.Status201Created);

    private static async Task<Results<Created<CommentAnswer>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId,
        CreateCommentRequest request,
        HttpContext http,
        ClaimsPrincipal user,
        AccessibleFiles access,
        CommentStore comments,
        AttemptLimit attempts,
        IOptions<SharingOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        if (await access.FindToCommentAsync(fileId, userId, cancellationToken) is not { } file)
        {
            return TypedResults.NotFound();
        }

        var now = time.GetUtcNow();
        access.UseFor(ShareActions.Comment);
        var place = new CommentPlace(request.Version, request.LineFrom, request.LineTo, request.ParentId);
        var (comment, error) = await comments.PrepareAsync(
            file.File, fileId, place, file.Versions, new CommentAuthor(userId, Name: null), request.Body, now, cancellationToken);
        if (comment is null)
        {
            return error!;
        }

        // What could not be written counts for nothing.
        if (await attempts.CountAsync(AttemptLimit.CommenterKey(userId), now, Hour, cancellationToken) > options.Value.CommentsPerHour)
        {
            return Problems.TooMany(http, Hour, "Too many comments. Try again later.");
        }

        await comments.SaveAsync(comment, cancellationToken);

        // Without an address: a comment is read in its file's list only.
        return TypedResults.Created((string?)null, await comments.AnswerAsync(comment, showsIds: true, cancellationToken));
    }
}
