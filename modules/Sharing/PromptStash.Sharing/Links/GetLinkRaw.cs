using System.Text;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Links;

internal static class GetLinkRaw
{
    public static void MapGetLinkRaw(this IEndpointRouteBuilder shared) =>
        shared.MapGet("/{token}/raw", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(GetLinkRaw))
            .WithSummary("Get the bytes of a shared file")
            .WithDescription("Always as plain text and as an attachment, so that no browser runs what somebody stored.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain; charset=utf-8")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> HandleAsync(
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

        return await gate.PassAsync(http, cancellationToken) is { } shut
            ? shut
            : TypedResults.File(Encoding.UTF8.GetBytes(text.Text), "text/plain; charset=utf-8", text.Path[(text.Path.LastIndexOf('/') + 1)..]);
    }
}
