using PromptStash.Sharing.Access;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Preview;

internal static class GetFilePreview
{
    public static void MapGetFilePreview(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/preview", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetFilePreview))
            .WithSummary("Get a file as a page: Markdown rendered, everything else as it is written")
            .WithDescription("No scripts, styles, images or HTML of the author's own. A text of more than 1 MiB is not rendered.")
            .Produces<string>(StatusCodes.Status200OK, "text/html; charset=utf-8")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<ContentHttpResult, NotFound, ProblemHttpResult>> HandleAsync(
        Guid fileId, ClaimsPrincipal user, AccessibleFiles access, IStashFiles files, CancellationToken cancellationToken)
    {
        var file = await access.FindToReadAsync(fileId, user.GetUserId(), cancellationToken);
        var pin = file?.Versions is { } shown ? new FilePin(shown.Max(), Label: null) : null;
        if (file is null || await files.ReadAsync(file.File, fileId, pin, accepted: null, cancellationToken) is not { } text)
        {
            return TypedResults.NotFound();
        }

        return MarkdownPreview.Render(text.Path, text.Text) is { } page ? TypedResults.Content(page, "text/html; charset=utf-8") : Problems.NotRendered();
    }
}
