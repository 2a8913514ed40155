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
        SharingDbContext db,
        LinkGate gate,
        Visitors visitors,
        AttemptLimit attempts,
        IStashFiles files,
        CommentStore comments,
        IOptions<SharingOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [PlainText, Description("The path below a shared folder or stash; not needed for a shared file.")] string? path = null)
    {
        var (link, refusal) = await gate.EnterAsync(http, token, ShareActions.Comment, counts: false, cancellationToken);
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

        var now = time.GetUtcNow();
        var key = AttemptLimit.CommentKey(link.Share.Id, await visitors.HashAsync(http, cancellationToken));
        if (await attempts.CountAsync(key, now, Hour, cancellationToken) > options.Value.LinkCommentsPerHour)
        {
            await gate.DenyAsync(http, cancellationToken);

            return Problems.TooMany(http, Hour, "Too many comments. Try again later.");
        }

        // About the version that the link shows.
        var place = new CommentPlace(Version: null, request.LineFrom, request.LineTo, request.ParentId);
        var (comment, error) = await comments.PrepareAsync(
            link.Target, fileId, place, versions, new CommentAuthor(Id: null, request.Name.Trim()), request.Body, now, cancellationToken);
        if (comment is null)
        {
            return error!;
        }

        // Together: neither is an access taken for what was not written, nor written what the link does not allow any more.
        var shut = await db.InTransactionAsync(
            async (transaction, cancelled) =>
            {
                var refusal = await gate.PassAsync(http, cancelled);
                if (refusal is null)
                {
                    await comments.SaveAsync(comment, cancelled);
                }

                await transaction.CommitAsync(cancelled);

                return refusal;
            },
            cancellationToken);

        return shut is not null ? shut : TypedResults.Created((string?)null, await comments.AnswerAsync(comment, showsIds: false, cancellationToken));
    }
}
