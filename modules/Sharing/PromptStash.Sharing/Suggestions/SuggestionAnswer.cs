using System.Globalization;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Suggestions;

/// <summary>A suggestion without its content.</summary>
/// <param name="Id">Its id.</param>
/// <param name="FileId">The file that it is for.</param>
/// <param name="Status">What became of it.</param>
/// <param name="BaseVersion">The version that its author began with.</param>
/// <param name="AuthorId">The user who made it; null for whoever holds a link.</param>
/// <param name="AuthorName">What the author is called, or calls themselves; null for one who is gone.</param>
/// <param name="Message">Why, in the author's words.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="DecidedAt">When it was accepted, declined or withdrawn.</param>
/// <param name="Reason">Why it was declined, in the owner's words.</param>
/// <param name="Version">The version that holds it since it was accepted.</param>
internal sealed record SuggestionAnswer(
    Guid Id,
    Guid FileId,
    SuggestionStatus Status,
    int BaseVersion,
    Guid? AuthorId,
    string? AuthorName,
    string? Message,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DecidedAt,
    string? Reason,
    int? Version)
{
    public static readonly SuggestionAnswer Example = new(
        Guid.Parse("019ab4e3-5d6e-7f80-9a1b-2c3d4e5f6071"), Guid.Parse("019ab4c1-0f3a-7d10-8c11-5a8e2f7b9d01"), SuggestionStatus.Open, BaseVersion: 3,
        Guid.Parse("019ab4bf-3c2d-7e1f-8a9b-4c5d6e7f8a9b"), "Grace", "Read the tests, too", DateTimeOffset.Parse("2026-11-23T10:20:00Z", CultureInfo.InvariantCulture),
        DecidedAt: null, Reason: null, Version: null);

    public static SuggestionAnswer Of(Suggestion suggestion, IReadOnlyDictionary<Guid, UserCard> authors) => new(
        suggestion.Id,
        suggestion.FileId,
        suggestion.Status,
        suggestion.BaseVersion,
        suggestion.AuthorId,
        suggestion.AuthorId is { } author ? authors.GetValueOrDefault(author)?.Name : suggestion.AuthorName,
        suggestion.Message,
        suggestion.CreatedAt,
        suggestion.DecidedAt,
        suggestion.Reason,
        suggestion.Version);
}

/// <summary>A suggestion with what it proposes.</summary>
/// <param name="Suggestion">It.</param>
/// <param name="Content">The proposed text.</param>
/// <param name="DiffToBase">
/// What its author changed, in the unified format. For the file's owner only, as are all versions; null where a text is too long to compare.
/// </param>
/// <param name="DiffToCurrent">What differs from the file as it is, likewise.</param>
internal sealed record SuggestionDetail(SuggestionAnswer Suggestion, string Content, string? DiffToBase, string? DiffToCurrent);
