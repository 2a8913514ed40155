using System.Text;
using Microsoft.Net.Http.Headers;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Files;

internal static class GetFileRaw
{
    public static void MapGetFileRaw(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/raw", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(GetFileRaw))
            .WithSummary("Get a file's bytes")
            .WithDescription("Always as plain text and as an attachment, so that no browser runs what somebody stored. The ETag is the version.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain; charset=utf-8")
            .Produces(StatusCodes.Status304NotModified);

    private static async Task<Results<FileContentHttpResult, NotFound, ValidationProblem, StatusCodeHttpResult>> HandleAsync(
        Guid fileId,
        HttpContext http,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        ContentStore contents,
        CancellationToken cancellationToken,
        [Description(VersionName.Description)] string? version = null)
    {
        if (!VersionName.IsValid(version))
        {
            return VersionName.Invalid("version");
        }

        var file = await FileQueries.HeadAsync(db, access.OwnerOf(user), fileId, cancellationToken);
        if (file is null || await access.FindVersionAsync(fileId, version, file.Version, cancellationToken) is not { } number)
        {
            return TypedResults.NotFound();
        }

        var tag = ETags.Of(number);
        http.Response.Headers.ETag = tag;
        if (ETags.IsNotModified(http.Request, tag))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        var content = await contents.ReadVersionAsync(fileId, number, cancellationToken);

        return content is null
            ? TypedResults.NotFound()
            : TypedResults.File(Encoding.UTF8.GetBytes(content), "text/plain; charset=utf-8", file.Name, entityTag: new EntityTagHeaderValue(tag));
    }
}
