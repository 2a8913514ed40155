using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Tags;

/// <summary>The tag that another one becomes part of.</summary>
/// <param name="Into">Its id.</param>
public sealed record MergeTagsRequest([property: Required] Guid? Into);

internal static class MergeTags
{
    public static void MapMergeTags(this IEndpointRouteBuilder tags) =>
        tags.MapPost("/{tagId:guid}/merge", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(MergeTags))
            .WithSummary("Make a tag part of another one")
            .WithDescription("All files that have it get the other one instead, and it is gone. Name and colour are the other one's.")
            .WithRequestExample(new MergeTagsRequest(TagSummary.Example.Id))
            .WithResponseExample(TagSummary.Example);

    private static async Task<Results<Ok<TagSummary>, NotFound, ValidationProblem>> HandleAsync(
        Guid tagId, MergeTagsRequest request, ClaimsPrincipal user, StashesDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        var into = request.Into!.Value;
        if (into == tagId)
        {
            return Problems.Invalid("into", "A tag cannot be merged into itself.");
        }

        return await db.InTransactionAsync<Results<Ok<TagSummary>, NotFound, ValidationProblem>>(
            async (transaction, cancelled) =>
            {
                // Both stay as they are until the end; under the lock, two merges of the same tags wait for each other.
                await db.LockTagsAsync(userId, cancelled);

                // Whoever is copying files that have it holds it until the copies have it too; only then can all that have it be seen.
                var locked = await db.Database
                    .SqlQuery<Guid>($"""SELECT id AS "Value" FROM stashes.tags WHERE id = {tagId} AND owner_id = {userId} FOR UPDATE""")
                    .ToListAsync(cancelled);
                if (locked.Count == 0)
                {
                    return TypedResults.NotFound();
                }

                var changed = await db.Tags
                    .Where(t => t.Id == into && t.OwnerId == userId)
                    .ExecuteUpdateAsync(t => t.SetProperty(tag => tag.UpdatedAt, now), cancelled);
                if (changed == 0)
                {
                    return Problems.Invalid("into", "You have no such tag.");
                }

                // A file that has both keeps the one; the rows keep their ids and times.
                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE stashes.file_tags AS t SET tag_id = {into}
                    WHERE t.tag_id = {tagId} AND NOT EXISTS (SELECT FROM stashes.file_tags AS o WHERE o.file_id = t.file_id AND o.tag_id = {into})
                    """, cancelled);
                await db.Tags.Where(t => t.Id == tagId && t.OwnerId == userId).ExecuteDeleteAsync(cancelled);
                var answer = await ReadAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return TypedResults.Ok(answer);
            },
            committed: async cancelled =>
            {
                if (await db.Tags.AnyAsync(t => t.Id == tagId, cancelled))
                {
                    return null;
                }

                return TypedResults.Ok(await ReadAsync(cancelled));
            },
            cancellationToken);

        Task<TagSummary> ReadAsync(CancellationToken cancelled) =>
            db.Tags.Where(t => t.Id == into && t.OwnerId == userId).Select(TagSummary.Projection).SingleAsync(cancelled);
    }
}
