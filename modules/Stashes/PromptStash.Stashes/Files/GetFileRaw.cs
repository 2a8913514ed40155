using System.Text;
using Microsoft.Net.Http.Headers;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Files;

internal static class GetFileRaw
{
    public static void MapGetFileRaw(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/raw", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetFileRaw))
            .WithSummary("Get a file's bytes")
            .WithDescription("Always as plain text and as an attachment, so that no browser runs what somebody stored.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain; charset=utf-8")
            .Produces(StatusCodes.Status304NotModified);

    private static async Task<Results<FileContentHttpResult, NotFound, StatusCodeHttpResult>> HandleAsync(
        Guid fileId, HttpContext http, ClaimsPrincipal user, StashesDbContext db, ContentStore contents, CancellationToken cancellationToken)
    {
        var file = await FileQueries.HeadAsync(db, user.GetUserId(), fileId, cancellationToken);
        if (file is null)
        {
            return TypedResults.NotFound();
        }

        http.Response.Headers.ETag = ETags.Of(file.Version);
        if (ETags.IsNotModified(http.Request, file.Version))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        var content = await contents.ReadVersionAsync(fileId, file.Version, cancellationToken);

        return content is null
            ? TypedResults.NotFound()
            : TypedResults.File(
                Encoding.UTF8.GetBytes(content), "text/plain; charset=utf-8", file.Name, entityTag: new EntityTagHeaderValue(ETags.Of(file.Version)));
    }
}
