using System.Text.Json;
using System.Text.Json.Serialization;
using PromptStash.Sharing.Contracts;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Files;

/// <summary>A file with its content; <c>version</c>, <c>size</c> and <c>content</c> are those of the version that was asked for, and <c>findings</c> is null where that is an old one.</summary>
internal sealed record FileDetails(
    Guid Id,
    Guid StashId,
    Guid? FolderId,
    string Name,
    string Path,
    FileKind Kind,
    FileType FileType,
    int Size,
    int Version,
    int? EstimatedTokens,
    FindingCounts? Findings,
    IReadOnlyList<string> Tags,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<LabelSummary> Labels,
    string Content)
{
    /// <summary>How many comments it has, of all versions that the caller sees; absent for whoever may not read the comments.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CommentCounts? Comments { get; init; }

    public static FileDetails Of(FileSummary file, IReadOnlyList<LabelSummary> labels, string content) => new(
        file.Id, file.StashId, file.FolderId, file.Name, file.Path, file.Kind, file.FileType, file.Size, file.Version, file.EstimatedTokens, file.Findings, file.Tags,
        file.CreatedAt, file.UpdatedAt, labels, content) { Comments = file.Comments };
}

internal static class GetFile
{
    public static void MapGetFile(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(GetFile))
            .WithSummary("Get a file with its content")
            .WithDescription(
                "The ETag changes with the version and with everything else in the answer; with If-None-Match an unchanged file is answered with 304 and no body. "
                + "As If-Match of a write it stands for its version.")
            .Produces(StatusCodes.Status304NotModified)
            .WithResponseExample(FileDetails.Of(
                FileSummary.Example with { Version = 2, Comments = new CommentCounts(3, 1) }, [LabelSummary.Example], "---\nname: code-reviewer\ndescription: Reviews changes for defects\n---\nRead the diff first.\n"));

    private static async Task<Results<Ok<FileDetails>, NotFound, ValidationProblem, StatusCodeHttpResult>> HandleAsync(
        Guid fileId,
        HttpContext http,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        ContentStore contents,
        FileComments comments,
        CancellationToken cancellationToken,
        [Description(VersionName.Description)] string? version = null)
    {
        if (!VersionName.IsValid(version))
        {
            return VersionName.Invalid("version");
        }

        var file = await access.FilesOf(user)
            .Where(f => f.Id == fileId)
            .Select(FileSummary.Projection)
            .SingleOrDefaultAsync(cancellationToken);
        if (file is null)
        {
            return TypedResults.NotFound();
        }

        if (await access.FindVersionAsync(fileId, version, file.Version, cancellationToken) is not { } number)
        {
            return TypedResults.NotFound();
        }

        file = (await comments.AddAsync([file], cancellationToken))[0];
        var current = file.Version;
        if (number != current)
        {
            var old = await db.FileVersions.Where(v => v.FileId == fileId && v.Version == number).Select(v => new { v.Size, v.Tokens }).SingleAsync(cancellationToken);
            file = file with { Version = number, Size = old.Size, EstimatedTokens = old.Tokens };
        }

        var details = FileDetails.Of(file, [.. (await db.LabelsAsync(fileId, cancellationToken)).Where(label => access.Shows(label.Version))], content: "");
        if (number != current)
        {
            details = details with { Findings = null };
        }

        var tag = ETags.Of(number, JsonSerializer.SerializeToUtf8Bytes(details));
        http.Response.Headers.ETag = tag;
        if (ETags.IsNotModified(http.Request, tag))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        // From the versions, which never change: the content belongs to the summary above even when somebody writes in between.
        var content = await contents.ReadVersionAsync(fileId, number, cancellationToken);

        return content is null ? TypedResults.NotFound() : TypedResults.Ok(details with { Content = content });
    }
}
