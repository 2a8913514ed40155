using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Tags;

/// <summary>All tags that a file shall have.</summary>
/// <param name="Tags">Names, whatever their case; those that are not among the caller's tags yet are made. None takes all tags off.</param>
public sealed record SetFileTagsRequest([property: Required] IReadOnlyList<string> Tags);

internal static class SetFileTags
{
    public static void MapSetFileTags(this IEndpointRouteBuilder files) =>
        files.MapPut("/{fileId:guid}/tags", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(SetFileTags))
            .WithSummary("Set the tags of a file by their names")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithRequestExample(new SetFileTagsRequest(["review", "team"]))
            .WithResponseExample(FileSummary.Example with { Tags = ["review", "team"] });

    private static async Task<Results<Ok<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId,
        SetFileTagsRequest request,
        ClaimsPrincipal user,
        StashesDbContext db,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        if (!TagName.TryParseAll(request.Tags, options.Value.MaxTagsPerFile, out var names, out var error))
        {
            return Problems.Invalid("tags", error);
        }

        return await db.InTransactionAsync<Results<Ok<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>>(
            async (transaction, cancelled) =>
            {
                await db.LockFilesAsync(userId, [fileId], cancelled);
                if (await ReadAsync(cancelled) is not { } before)
                {
                    return TypedResults.NotFound();
                }

                if (await db.EnsureTagsAsync(userId, names, options.Value.MaxTagsPerUser, now, cancelled) is not { } tags)
                {
                    return Problems.Conflict($"You would have more than {options.Value.MaxTagsPerUser} tags.");
                }

                await db.FileTags.Where(t => t.FileId == fileId && !tags.Contains(t.TagId)).ExecuteDeleteAsync(cancelled);
                await db.AddTagsAsync([fileId], tags, now, cancelled);
                if ((await ReadAsync(cancelled))?.Tags.SequenceEqual(before.Tags, StringComparer.Ordinal) is false)
                {
                    await db.TouchFilesAsync([fileId], now, cancelled);
                }

                var answer = await ReadAsync(cancelled) ?? before;
                await transaction.CommitAsync(cancelled);

                return TypedResults.Ok(answer);
            },
            committed: async cancelled =>
            {
                if (await ReadAsync(cancelled) is { } file && file.UpdatedAt == now)
                {
                    return TypedResults.Ok(file);
                }

                return null;
            },
            cancellationToken);

        Task<FileSummary?> ReadAsync(CancellationToken cancelled) =>
            db.FilesOf(userId).Where(f => f.Id == fileId).Select(FileSummary.Projection).SingleOrDefaultAsync(cancelled);
    }
}
