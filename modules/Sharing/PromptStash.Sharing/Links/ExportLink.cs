using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Links;

internal static class ExportLink
{
    public static void MapExportLink(this IEndpointRouteBuilder shared) =>
        shared.MapGet("/{token}/export", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(ExportLink))
            .WithSummary("Get all files of a link as a zip archive")
            .WithDescription("With the paths below what is shared. Secrets that its owner has not accepted are masked.")
            .Produces<Stream>(StatusCodes.Status200OK, "application/zip")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> HandleAsync(
        [Description("The token of the link.")] string token, HttpContext http, LinkGate gate, IStashFiles files, CancellationToken cancellationToken)
    {
        var (link, refusal) = await gate.EnterAsync(http, token, ShareActions.Export, counts: false, cancellationToken);
        if (link is null)
        {
            return refusal!;
        }

        // A file's label may have gone since; below a folder there may be nothing, and that is an archive, too.
        var target = link.Target;
        if (target.Kind == TargetKind.File && await files.ReadAsync(link, path: null, cancellationToken) is null)
        {
            return await gate.NothingHereAsync(http, cancellationToken);
        }

        if (await gate.PassAsync(http, cancellationToken) is { } shut)
        {
            return shut;
        }

        return TypedResults.Stream(
            body => files.ExportAsync(target, link.Pin, link.Accepted, body, cancellationToken), "application/zip", $"{target.Name}.zip");
    }
}
