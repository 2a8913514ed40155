using Microsoft.AspNetCore.Mvc;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Versions;

/// <summary>Why an old version is wanted back.</summary>
/// <param name="Message">In the author's words, at most 500 characters; "Restore version 3" when not given.</param>
public sealed record RestoreVersionRequest([property: StringLength(FileVersion.MessageMaxLength), PlainText] string? Message = null);

internal static class RestoreVersion
{
    public static void MapRestoreVersion(this IEndpointRouteBuilder files) =>
        files.MapPost("/{fileId:guid}/versions/{version:int}/restore", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.EditContent)
            .WithName(nameof(RestoreVersion))
            .WithSummary("Make what a version held the newest version")
            .WithDescription(
                "History stays as it is: the old content becomes a new version. If-Match must name the version that is replaced, such as \"v7\". "
                + "A version that holds what the file holds already makes no new one.")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired)
            .WithRequestExample(new RestoreVersionRequest("The shorter text worked better"))
            .WithResponseExample(FileSummary.Example with { Version = 3 });

    private static async Task<Results<Ok<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId,
        [Description("The number of the version to bring back.")] int version,
        RestoreVersionRequest? request,
        HttpContext http,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        ContentStore contents,
        FileWriter writer,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = "If-Match"), Description("The version that was read, such as \"v7\".")] string? ifMatch = null)
    {
        var userId = user.GetUserId();
        if (!ETags.TryReadIfMatch(http.Request, out var any, out var versions))
        {
            return Problems.VersionNotNamed();
        }

        if (!await access.FilesOf(user).AnyAsync(f => f.Id == fileId, cancellationToken)
            || await contents.ReadVersionAsync(fileId, version, cancellationToken) is not { } text)
        {
            return TypedResults.NotFound();
        }

        // What was taken once is taken again, also when the limit has been lowered since.
        if (!FileContent.TryCreate(text, int.MaxValue, out var content, out var error))
        {
            throw new InvalidDataException($"Version {version} of the file {fileId} holds no text: {error}");
        }

        var now = time.GetUtcNow();
        var result = await writer.ReplaceAsync(
            access.FilesOf(user), fileId, userId, any, versions, content, request?.Message ?? $"Restore version {version}", now, cancellationToken);

        return await db.AnswerAsync(http.Response, access.OwnerOf(user), fileId, result, content.Size, now, cancellationToken);
    }
}
