using PromptStash.Sharing.Access;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;

namespace PromptStash.Sharing.Comments;

internal static class DeleteComment
{
    public static void MapDeleteComment(this IEndpointRouteBuilder comments) =>
        comments.MapDelete("/{commentId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(DeleteComment))
            .WithSummary("Delete a comment of yours, or one on a file of yours with its answers")
            .WithDescription("The answers of others to yours stay, and where yours was it says that it is gone. Deleting your own needs no permission but to read the file.");

    private static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid commentId, ClaimsPrincipal user, SharingDbContext db, AccessibleFiles access, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var comment = await db.Comments.Where(c => c.Id == commentId).Select(c => new { c.FileId, c.AuthorId, c.Version }).SingleOrDefaultAsync(cancellationToken);
        if (comment is null || await access.FindToReadAsync(comment.FileId, userId, cancellationToken) is not { } file)
        {
            return TypedResults.NotFound();
        }

        var isAuthor = comment.AuthorId == userId;
        if (!isAuthor && !file.IsOwner)
        {
            return file.MayComment && !file.Shows(comment.Version) ? TypedResults.NotFound() : throw new NotPermittedException();
        }

        // What its author takes back is theirs alone; the file's owner removes the whole thread.
        access.UseFor(ShareActions.Comment);
        var deleted = file.IsOwner
            ? await db.Comments.Where(c => c.Id == commentId).ExecuteDeleteAsync(cancellationToken)
            : await db.TakeBackAsync(commentId, author: null, time.GetUtcNow(), cancellationToken);

        return deleted == 0 ? TypedResults.NotFound() : TypedResults.NoContent();
    }
}
