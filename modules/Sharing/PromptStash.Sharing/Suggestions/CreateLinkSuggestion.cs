using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Sharing.Comments;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Links;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Suggestions;

/// <summary>A new content for a file, from whoever holds a link.</summary>
/// <param name="Name">What the author calls themselves, at most 100 characters. Nobody checks it, and it is shown as such.</param>
/// <param name="BaseVersion">The version that it was made from; of a link to one version, that one.</param>
/// <param name="Content">The whole text. Where secrets are masked, the masks may stay.</param>
/// <param name="Message">Why, at most 300 characters.</param>
public sealed record CreateLinkSuggestionRequest(
    [property: Required, StringLength(Comment.AuthorNameMaxLength), PlainText] string Name,
    [property: Range(1, int.MaxValue)] int BaseVersion,
    [property: Required(AllowEmptyStrings = true)] string Content,
    [property: StringLength(Suggestion.MessageMaxLength), PlainText] string? Message = null);

/// <summary>A suggestion as its author is told of it: that it was taken.</summary>
internal sealed record LinkSuggestion(string Name, int BaseVersion, string? Message, DateTimeOffset CreatedAt);

internal static class CreateLinkSuggestion
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static void MapCreateLinkSuggestion(this IEndpointRouteBuilder shared, SharingOptions limits) =>
        shared.MapPost("/{token}/suggestions", HandleAsync)
            .AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxSuggestionBodyBytes))
            .WithName(nameof(CreateLinkSuggestion))
            .WithSummary("Suggest a new content for a shared file under a name of one's own")
            .WithDescription($"For links that allow COMMENT. An address may make {limits.LinkSuggestionsPerHour} suggestions an hour through one link. Only the file's owner reads them. The text may have {limits.MaxSuggestionBytes} bytes.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithRequestExample(new CreateLinkSuggestionRequest("Grace", BaseVersion: 3, "Read the diff first, then the tests.\n", "Read the tests, too"))
            .WithResponseExample(new LinkSuggestion("Grace", 3, "Read the tests, too", SuggestionAnswer.Example.CreatedAt), StatusCodes.Status201Created);

    private static async Task<Results<Created<LinkSuggestion>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        [Description("The token of the link.")] string token,
        CreateLinkSuggestionRequest request,
        HttpContext http,
        LinkGate gate,
        Visitors visitors,
        AttemptLimit attempts,
        IStashFiles files,
        SuggestionStore suggestions,
        IOptions<SharingOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [PlainText, Description("The path below a shared folder or stash; not needed for a shared file.")] string? path = null)
    {
        var (link, refusal) = await gate.EnterAsync(http, token, ShareActions.Suggest, counts: false, cancellationToken);
        if (link is null)
        {
            return refusal!;
        }

        if (link.Share.Permission != SharePermission.Comment || await files.FileOfAsync(link, path, cancellationToken) is not { } fileId)
        {
            return await gate.NothingHereAsync(http, cancellationToken);
        }

        var now = time.GetUtcNow();
        var key = AttemptLimit.SuggestionKey(link.Share.Id, await visitors.HashAsync(http, cancellationToken));
        if (await attempts.CountAsync(key, now, Hour, cancellationToken) > options.Value.LinkSuggestionsPerHour)
        {
            await gate.DenyAsync(http, cancellationToken);

            return Problems.TooMany(http, Hour, "Too many suggestions. Try again later.");
        }

        if (suggestions.Check(request.Content) is { } invalid)
        {
            return invalid;
        }

        var shown = await files.ReadAsync(link.Target, fileId, link.Pin ?? new FilePin(request.BaseVersion, Label: null), link.Accepted, cancellationToken);
        if (shown?.Version != request.BaseVersion)
        {
            return Problems.Invalid("baseVersion", "The link shows no such version.");
        }

        if (await files.UnmaskAsync(link.Target, fileId, request.BaseVersion, link.Accepted, request.Content, cancellationToken) is not { } content)
        {
            return Problems.Invalid("content", "It changes lines in which secrets are masked, or is too long to put them back. Say in a comment what should become of them.");
        }

        var suggestion = new Suggestion
        {
            Id = Guid.CreateVersion7(now),
            FileId = fileId,
            OwnerId = link.Target.OwnerId,
            BaseVersion = request.BaseVersion,
            Content = content,
            Message = request.Message,
            AuthorName = request.Name.Trim(),
            ShareId = link.Share.Id,
            CreatedAt = now,
        };

        // Together: neither is an access taken for what was not kept, nor kept what the link does not allow any more.
        if (await suggestions.TryAddAsync(suggestion, cancelled => gate.PassAsync(http, cancelled), cancellationToken) is { } shut)
        {
            return shut;
        }

        return TypedResults.Created((string?)null, new LinkSuggestion(suggestion.AuthorName, suggestion.BaseVersion, suggestion.Message, now));
    }
}
