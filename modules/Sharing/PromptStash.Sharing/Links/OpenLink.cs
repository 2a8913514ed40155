using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Links;

internal static class OpenLink
{
    public static void MapOpenLink(this IEndpointRouteBuilder shared) =>
        shared.MapGet("/{token}", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(OpenLink))
            .WithSummary("Open a link: the file, or the files of the folder or stash")
            .WithDescription("Counts as one of the link's accesses; a further page of the same visit does not. Whatever does not open is answered with the same 404.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithResponseExample(new LinkAnswer(
                TargetKind.File, "code-reviewer.md", SharePermission.View, "For Thursday's review", ShareAnswer.Example.ExpiresAt,
                new LinkFile("code-reviewer.md", 3, "Read the diff first.\n"), Files: null));

    private static async Task<Results<Ok<LinkAnswer>, ProblemHttpResult, ValidationProblem>> HandleAsync(
        [Description("The token of the link.")] string token,
        HttpContext http,
        LinkGate gate,
        IStashFiles files,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many files to list, 1 to 100.")] int limit = 100)
    {
        if (!Cursor.TryDecode(after, out var afterPath))
        {
            return Problems.InvalidCursor();
        }

        var (link, refusal) = await gate.EnterAsync(http, token, ShareActions.Open, counts: after is null, cancellationToken);
        if (link is null)
        {
            return refusal!;
        }

        var (share, target) = link;
        if (target.Kind == TargetKind.File)
        {
            if (await files.ReadAsync(target, target.Id, link.Pin, link.Accepted, cancellationToken) is not { } text)
            {
                return await gate.NothingHereAsync(http, cancellationToken);
            }

            return await gate.PassAsync(http, cancellationToken) is { } over ? over : Answer(LinkFile.Of(text), page: null);
        }

        var rows = await files.ListFilesAsync(target, afterPath, limit + 1, cancellationToken);

        return await gate.PassAsync(http, cancellationToken) is { } shut ? shut : Answer(file: null, Page.Of(
            [.. rows.Select(row => new LinkEntry(row.Path, row.Kind, row.Size, row.Version, row.UpdatedAt))], limit, entry => entry.Path));

        Ok<LinkAnswer> Answer(LinkFile? file, Page<LinkEntry>? page) =>
            TypedResults.Ok(new LinkAnswer(target.Kind, target.Name, share.Permission, share.Note, share.ExpiresAt, file, page));
    }
}
