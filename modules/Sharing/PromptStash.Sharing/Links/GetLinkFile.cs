using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Links;

internal static class GetLinkFile
{
    public static void MapGetLinkFile(this IEndpointRouteBuilder shared) =>
        shared.MapGet("/{token}/files/{**path}", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(GetLinkFile))
            .WithSummary("Get a file below a shared folder or stash")
            .WithDescription("Part of the visit that opened the link; without one it counts as an access.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithResponseExample(new LinkFile(".claude/agents/code-reviewer.md", 3, "Read the diff first.\n"));

    private static async Task<Results<Ok<LinkFile>, ProblemHttpResult>> HandleAsync(
        [Description("The token of the link.")] string token,
        [PlainText, Description("The path below what is shared.")] string path,
        HttpContext http,
        LinkGate gate,
        IStashFiles files,
        CancellationToken cancellationToken)
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

        return await gate.PassAsync(http, cancellationToken) is { } shut ? shut : TypedResults.Ok(LinkFile.Of(text));
    }
}
