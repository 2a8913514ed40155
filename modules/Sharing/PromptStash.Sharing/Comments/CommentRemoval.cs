using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Comments;

internal static class CommentRemoval
{
    /// <summary>
    /// Takes back one comment, or all of an author. Words and author go at once; the place stays as long as there are answers of others below
    /// it, which are not the author's to delete, and goes with the last of them. Tells how many were taken back; running it again changes nothing.
    /// </summary>
    public static Task<int> TakeBackAsync(this SharingDbContext db, Guid? comment, Guid? author, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async (transaction, cancelled) =>
            {
                var files = await db.Database
                    .SqlQuery<Guid>($"""
                        UPDATE sharing.comments SET body = '', author_id = NULL, author_name = '', deleted_at = {now}, updated_at = {now}
                        WHERE deleted_at IS NULL AND (id = {comment}::uuid OR author_id = {author}::uuid)
                        RETURNING file_id
                        """)
                    .ToListAsync(cancelled);
                var places = files.Distinct().ToArray();
                do
                {
                    // Whoever is answering one of them holds it; the next statement sees the answer, and leaves the place.
                    await db.Database.ExecuteSqlAsync(
                        $"SELECT FROM sharing.comments WHERE file_id = ANY ({places}) AND deleted_at IS NOT NULL ORDER BY id FOR UPDATE", cancelled);
                }
                while (await db.Comments.Where(c => places.Contains(c.FileId) && c.DeletedAt != null && c.Replies.Count == 0).ExecuteDeleteAsync(cancelled) > 0);

                await transaction.CommitAsync(cancelled);

                return files.Count;
            },
            cancellationToken);
}
