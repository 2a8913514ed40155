using PromptStash.Sharing.Links;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Preview;

internal static class GetLinkPreview
{
    public static void MapGetLinkPreview(this IEndpointRouteBuilder shared) =>
        shared.MapGet("/{token}/preview", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(GetLinkPreview))
            .WithSummary("Get a shared file as a page: Markdown rendered, everything else as it is written")
            .WithDescription("No scripts, styles, images or HTML of the author's own. A text of more than 1 MiB is not rendered.")
            .Produces<string>(StatusCodes.Status200OK, "text/html; charset=utf-8")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> HandleAsync(
        [Description("The token of the link.")] string token,
        HttpContext http,
        LinkGate gate,
        IStashFiles files,
        CancellationToken cancellationToken,
        [PlainText, Description("The path below a shared folder or stash; not needed for a shared file.")] string? path = null)
    {
        var (link, refusal) = await gate.EnterAsync(http, token, ShareActions.Read, counts: false, cancellationToken);
        if (link is null)
        {
            return refusal!;
        }

        if (await files.ReadAsync(link, path, cancellationToken) is not { } text)
        {
            return await gate.NothingHereAsync(http, cancellationToken);
        }

        if (MarkdownPreview.Render(text.Path, text.Text) is not { } page)
        {
            await gate.DenyAsync(http, cancellationToken);

            return Problems.NotRendered();
        }

        return await gate.PassAsync(http, cancellationToken) is { } shut ? shut : TypedResults.Content(page, "text/html; charset=utf-8");
    }
}
