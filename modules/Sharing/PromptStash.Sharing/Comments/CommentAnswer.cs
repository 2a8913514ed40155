using System.Globalization;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Comments;

/// <summary>A remark on a version of a file, or the answer to one.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The version that was on the screen.</param>
/// <param name="LineFrom">The first line that it is about, counted from 1; null where it is about the whole file.</param>
/// <param name="LineTo">The last one.</param>
/// <param name="ParentId">The comment that it answers.</param>
/// <param name="AuthorId">The user who wrote it. Absent for whoever holds a link, and to them.</param>
/// <param name="AuthorName">What the author is called, or calls themselves; null for one who is gone.</param>
/// <param name="Body">The text, as it came: Markdown is not rendered. Empty when it is deleted.</param>
/// <param name="ResolvedAt">When it was settled.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="DeletedAt">When its author deleted it; it is left where others have answered.</param>
internal sealed record CommentAnswer(
    Guid Id,
    int Version,
    int? LineFrom,
    int? LineTo,
    Guid? ParentId,
    Guid? AuthorId,
    string? AuthorName,
    string Body,
    DateTimeOffset? ResolvedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? DeletedAt = null)
{
    public static readonly CommentAnswer Example = new(
        Guid.Parse("019ab4e0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"), 3, 5, 5, ParentId: null, AuthorId: null, "Grace", "Should it read the tests, too?", ResolvedAt: null,
        DateTimeOffset.Parse("2026-11-23T10:12:00Z", CultureInfo.InvariantCulture), DateTimeOffset.Parse("2026-11-23T10:12:00Z", CultureInfo.InvariantCulture));

    public static CommentAnswer Of(Comment comment, IReadOnlyDictionary<Guid, UserCard> authors, bool showsIds) => new(
        comment.Id,
        comment.Version,
        comment.LineFrom,
        comment.LineTo,
        comment.ParentId,
        showsIds ? comment.AuthorId : null,
        comment.DeletedAt is not null ? null : comment.AuthorId is { } author ? authors.GetValueOrDefault(author)?.Name : comment.AuthorName,
        comment.Body,
        comment.ResolvedAt,
        comment.CreatedAt,
        comment.UpdatedAt,
        comment.DeletedAt);
}
