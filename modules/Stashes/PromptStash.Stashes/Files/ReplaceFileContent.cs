using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Files;

/// <summary>A file's new content.</summary>
/// <param name="Content">The text, kept byte for byte; it may be empty.</param>
/// <param name="Message">Why, in the author's words; at most 500 characters. It is kept with the version.</param>
public sealed record ReplaceFileContentRequest(
    [property: Required(AllowEmptyStrings = true)] string Content,
    [property: StringLength(FileVersion.MessageMaxLength), PlainText] string? Message = null);

internal static class ReplaceFileContent
{
    public static void MapReplaceFileContent(this IEndpointRouteBuilder files, StashesOptions limits) =>
        files.MapPut("/{fileId:guid}/content", HandleAsync)
            .RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxContentBodyBytes))
            .OpenToGrants(GrantNeed.EditContent)
            .WithName(nameof(ReplaceFileContent))
            .WithSummary("Replace a file's content, if it is still the version you read")
            .WithDescription("If-Match must name the version that was read, such as \"v7\". The same content again makes no new version.")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired)
            .WithRequestExample(new ReplaceFileContentRequest("---\nname: code-reviewer\ndescription: Reviews changes for defects and style\n---\nRead the diff first.\n", "Look at style, too"))
            .WithResponseExample(FileSummary.Example with { Version = 2 });

    private static async Task<Results<Ok<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId,
        ReplaceFileContentRequest request,
        HttpContext http,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        FileWriter writer,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = "If-Match"), Description("The version that was read, such as \"v7\".")] string? ifMatch = null,
        [Description("Whether to refuse a content with errors (422) instead of saving it.")] bool strict = false)
    {
        var userId = user.GetUserId();
        if (!ETags.TryReadIfMatch(http.Request, out var any, out var versions))
        {
            return Problems.VersionNotNamed();
        }

        if (!FileContent.TryCreate(request.Content, options.Value.MaxFileBytes, out var content, out var error))
        {
            return Problems.Invalid("content", error);
        }

        if (strict && await ErrorsOfAsync(access.FilesOf(user), fileId, content, cancellationToken) is { } errors)
        {
            return Problems.HasErrors(errors);
        }

        var now = time.GetUtcNow();
        var result = await writer.ReplaceAsync(access.FilesOf(user), fileId, userId, any, versions, content, request.Message, now, cancellationToken);

        return await db.AnswerAsync(http.Response, access.OwnerOf(user), fileId, result, content.Size, now, cancellationToken);
    }

    /// <summary>The findings of a content that has errors where the file lies; null when it has none.</summary>
    private static async Task<FileCheck?> ErrorsOfAsync(IQueryable<StashFile> files, Guid fileId, FileContent content, CancellationToken cancellationToken)
    {
        var file = await files.Where(f => f.Id == fileId).Select(f => new { f.Path, f.Kind, f.Content }).SingleOrDefaultAsync(cancellationToken);
        var check = file is null ? null : Checker.Check(file.Path, content.Text, FileFacts.KindToKeep(file.Kind, file.Path, file.Content));

        return check?.Count(Severity.Error) > 0 ? check : null;
    }
}
