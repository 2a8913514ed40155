using PromptStash.Sharing.Access;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Comments;

internal static class DeleteComment
{
    public static void MapDeleteComment(this IEndpointRouteBuilder comments) =>
        comments.MapDelete("/{commentId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(DeleteComment))
            .WithSummary("Delete a comment of yours, or one on a file of yours, with its answers");

    private static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid commentId, ClaimsPrincipal user, SharingDbContext db, AccessibleFiles access, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var comment = await db.Comments.Where(c => c.Id == commentId).Select(c => new { c.FileId, c.AuthorId }).SingleOrDefaultAsync(cancellationToken);
        if (comment is null || await access.FindAsync(comment.FileId, userId, cancellationToken) is not { } file)
        {
            return TypedResults.NotFound();
        }

        if (comment.AuthorId != userId && file.OwnerId != userId)
        {
            throw new NotPermittedException();
        }

        var deleted = await db.Comments.Where(c => c.Id == commentId).ExecuteDeleteAsync(cancellationToken);

        return deleted == 0 ? TypedResults.NotFound() : TypedResults.NoContent();
    }
}
