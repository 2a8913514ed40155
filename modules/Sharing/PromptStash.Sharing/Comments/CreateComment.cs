using Microsoft.Extensions.Options;
using PromptStash.Sharing.Access;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Links;

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

        if (request.Version is { } version && file.Versions?.Contains(version) == false)
        {
            return Problems.Invalid("version", "The file has no such version.");
        }

        var now = time.GetUtcNow();
        if (await attempts.CountAsync(AttemptLimit.CommenterKey(userId), now, Hour, cancellationToken) > options.Value.CommentsPerHour)
        {
            return Problems.TooMany(http, Hour, "Too many comments. Try again later.");
        }

        var place = new CommentPlace(request.Version ?? file.Versions?.Max(), request.LineFrom, request.LineTo, request.ParentId);
        var (comment, error) = await comments.AddAsync(file.File, fileId, place, userId, authorName: null, request.Body, now, cancellationToken);
        if (comment is null)
        {
            return error!;
        }

        return TypedResults.Created($"/api/v1/comments/{comment.Id}", comment);
    }
}
