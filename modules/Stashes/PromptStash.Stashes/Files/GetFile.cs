using PromptStash.Stashes.Data;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Files;

/// <summary>A file with its content.</summary>
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
    int? Tokens,
    FindingCounts Findings,
    IReadOnlyList<string> Tags,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string Content)
{
    public static FileDetails Of(FileSummary file, string content) => new(
        file.Id, file.StashId, file.FolderId, file.Name, file.Path, file.Kind, file.FileType, file.Size, file.Version, file.Tokens, file.Findings, file.Tags,
        file.CreatedAt, file.UpdatedAt, content);
}

internal static class GetFile
{
    public static void MapGetFile(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetFile))
            .WithSummary("Get a file with its content")
            .WithDescription("The ETag is the version; with If-None-Match an unchanged file is answered with 304 and no body.")
            .Produces(StatusCodes.Status304NotModified)
            .WithResponseExample(FileDetails.Of(FileSummary.Example, "---\nname: code-reviewer\ndescription: Reviews changes for defects\n---\nRead the diff first.\n"));

    private static async Task<Results<Ok<FileDetails>, NotFound, StatusCodeHttpResult>> HandleAsync(
        Guid fileId, HttpContext http, ClaimsPrincipal user, StashesDbContext db, ContentStore contents, CancellationToken cancellationToken)
    {
        var file = await db.FilesOf(user.GetUserId())
            .Where(f => f.Id == fileId)
            .Select(FileSummary.Projection)
            .SingleOrDefaultAsync(cancellationToken);
        if (file is null)
        {
            return TypedResults.NotFound();
        }

        http.Response.Headers.ETag = ETags.Of(file.Version);
        if (ETags.IsNotModified(http.Request, file.Version))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        // From the versions, which never change: the content belongs to the summary above even when somebody writes in between.
        var content = await contents.ReadVersionAsync(fileId, file.Version, cancellationToken);

        return content is null ? TypedResults.NotFound() : TypedResults.Ok(FileDetails.Of(file, content));
    }
}
