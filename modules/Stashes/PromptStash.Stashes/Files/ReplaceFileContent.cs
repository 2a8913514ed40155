using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Files;

/// <summary>A file's new content.</summary>
/// <param name="Content">The text, kept byte for byte; it may be empty.</param>
public sealed record ReplaceFileContentRequest([property: Required(AllowEmptyStrings = true)] string Content);

internal static class ReplaceFileContent
{
    public static void MapReplaceFileContent(this IEndpointRouteBuilder files, StashesOptions limits) =>
        files.MapPut("/{fileId:guid}/content", HandleAsync)
            .RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxContentBodyBytes))
            .WithName(nameof(ReplaceFileContent))
            .WithSummary("Replace a file's content, if it is still the version you read")
            .WithDescription("If-Match must name the version that was read, such as \"v7\". The same content again makes no new version.")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired)
            .WithRequestExample(new ReplaceFileContentRequest("---\nname: code-reviewer\ndescription: Reviews changes for defects and style\n---\nRead the diff first.\n"))
            .WithResponseExample(FileSummary.Example with { Version = 2 });

    private static async Task<Results<Ok<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId,
        ReplaceFileContentRequest request,
        HttpContext http,
        ClaimsPrincipal user,
        StashesDbContext db,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = "If-Match"), Description("The version that was read, such as \"v7\".")] string? ifMatch = null)
    {
        var userId = user.GetUserId();
        if (!ETags.TryReadIfMatch(http.Request, out var any, out var versions))
        {
            return TypedResults.Problem(
                "Send the ETag of the version you read as If-Match, so that nobody's change is overwritten unseen.",
                statusCode: StatusCodes.Status428PreconditionRequired);
        }

        if (!FileContent.TryCreate(request.Content, options.Value.MaxFileBytes, out var content, out var error))
        {
            return Problems.Invalid("content", error);
        }

        var now = time.GetUtcNow();
        var written = await WriteAsync(db, fileId, userId, any, versions, content, now, cancellationToken);

        var file = await db.FilesOf(userId).Where(f => f.Id == fileId).Select(FileSummary.Projection).SingleOrDefaultAsync(cancellationToken);
        if (file is null)
        {
            return TypedResults.NotFound();
        }

        http.Response.Headers.ETag = ETags.Of(written ?? file.Version);
        if (written is { } version)
        {
            return TypedResults.Ok(file with { Version = version, Size = content.Size, UpdatedAt = now });
        }

        // Nothing was written: the version is not the one that was read, or it is and holds this very content already.
        return (any || versions.Contains(file.Version)) && await HoldsAsync(db, fileId, file.Version, content, cancellationToken)
            ? TypedResults.Ok(file)
            : TypedResults.Problem(
                $"The file has changed since you read it; it is at version {file.Version} now.", statusCode: StatusCodes.Status412PreconditionFailed);
    }

    /// <summary>
    /// Compare and swap in one statement: it bumps the file only where the version is the one that was read, and inserts the version that
    /// it bumped to. Of two writers the second waits for the first one's row lock, compares again and finds nothing to do.
    /// </summary>
    private static async Task<int?> WriteAsync(
        StashesDbContext db, Guid fileId, Guid userId, bool any, int[] versions, FileContent content, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var versionId = Guid.CreateVersion7(now);
        var written = await db.Database
            .SqlQuery<int>(
                $"""
                WITH bumped AS (
                    UPDATE stashes.files AS f
                    SET content = {content.Text}, content_hash = {content.Hash}, size = {content.Size}, version = f.version + 1, updated_at = {now}
                    FROM stashes.stashes AS s
                    WHERE f.id = {fileId} AND f.deleted_at IS NULL
                      AND s.id = f.stash_id AND s.user_id = {userId} AND s.deleted_at IS NULL
                      AND ({any} OR f.version = ANY ({versions}))
                      AND f.content_hash <> {content.Hash}
                      AND NOT EXISTS (SELECT FROM stashes.file_versions AS own WHERE own.id = {versionId})
                    RETURNING f.id, f.version)
                INSERT INTO stashes.file_versions (id, file_id, content, version, created_by, created_at, size, content_hash)
                SELECT {versionId}, b.id, {content.Text}, b.version, {userId}, {now}, {content.Size}, {content.Hash} FROM bumped AS b
                RETURNING version AS "Value"
                """)
            .ToListAsync(cancellationToken);

        if (written.Count == 1)
        {
            return written[0];
        }

        // After a broken connection the statement is repeated, perhaps after it was committed: then our own version is there already.
        return await db.FileVersions.Where(v => v.Id == versionId).Select(v => (int?)v.Version).SingleOrDefaultAsync(cancellationToken);
    }

    private static Task<bool> HoldsAsync(StashesDbContext db, Guid fileId, int version, FileContent content, CancellationToken cancellationToken) =>
        db.FileVersions.AnyAsync(v => v.FileId == fileId && v.Version == version && v.ContentHash == content.Hash, cancellationToken);
}
