using PromptStash.Sharing.Access;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;

namespace PromptStash.Sharing.Comments;

/// <summary>What to change of a comment; what is not given stays.</summary>
/// <param name="Body">The new text; only its author can give one.</param>
/// <param name="Resolved">Whether it is settled.</param>
public sealed record UpdateCommentRequest(
    [property: StringLength(Comment.BodyMaxLength, MinimumLength = 1), PlainText] string? Body = null, bool? Resolved = null);

internal static class UpdateComment
{
    public static void MapUpdateComment(this IEndpointRouteBuilder comments) =>
        comments.MapPatch("/{commentId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(UpdateComment))
            .WithSummary("Change a comment of yours, or settle any on a file that you may comment on")
            .ProducesValidationProblem()
            .WithRequestExample(new UpdateCommentRequest(Resolved: true))
            .WithResponseExample(CommentAnswer.Example with { ResolvedAt = CommentAnswer.Example.CreatedAt });

    private static async Task<Results<Ok<CommentAnswer>, NotFound>> HandleAsync(
        Guid commentId,
        UpdateCommentRequest request,
        ClaimsPrincipal user,
        SharingDbContext db,
        AccessibleFiles access,
        CommentStore comments,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        var found = await db.Comments.AsNoTracking().SingleOrDefaultAsync(c => c.Id == commentId, cancellationToken);
        if (found is null
            || await access.FindToCommentAsync(found.FileId, userId, cancellationToken) is not { } file
            || !file.Shows(found.Version)

            // The words are their author's, whoever's file it is.
            || (request.Body is not null && found.AuthorId != userId))
        {
            return TypedResults.NotFound();
        }

        access.UseFor(ShareActions.Comment);
        await db.Comments
            .Where(c => c.Id == commentId)
            .ExecuteUpdateAsync(
                c => c
                    .SetProperty(comment => comment.Body, comment => request.Body ?? comment.Body)
                    .SetProperty(comment => comment.UpdatedAt, comment => request.Body == null ? comment.UpdatedAt : now)
                    .SetProperty(comment => comment.ResolvedAt, comment => request.Resolved == null ? comment.ResolvedAt : request.Resolved == true ? comment.ResolvedAt ?? now : null)
                    .SetProperty(comment => comment.ResolvedBy, comment => request.Resolved == null ? comment.ResolvedBy : request.Resolved == true ? comment.ResolvedBy ?? userId : null),
                cancellationToken);
        var changed = await db.Comments.AsNoTracking().SingleOrDefaultAsync(c => c.Id == commentId, cancellationToken);

        return changed is null ? TypedResults.NotFound() : TypedResults.Ok(await comments.AnswerAsync(changed, showsIds: true, cancellationToken));
    }
}
