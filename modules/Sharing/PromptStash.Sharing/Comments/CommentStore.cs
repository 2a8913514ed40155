using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Comments;

/// <summary>Where a comment belongs.</summary>
/// <param name="Version">The version that was on the screen; the newest when null.</param>
/// <param name="LineFrom">The first line that it is about.</param>
/// <param name="LineTo">The last one.</param>
/// <param name="ParentId">The comment that it answers.</param>
internal sealed record CommentPlace(int? Version, int? LineFrom, int? LineTo, Guid? ParentId);

/// <summary>Reads and writes the comments of a file that the caller has been let to.</summary>
internal sealed class CommentStore(SharingDbContext db, IStashFiles files, IUserDirectory users)
{
    /// <summary>A page of a file's comments, the oldest first: two queries, however many there are.</summary>
    public async Task<Page<CommentAnswer>> PageAsync(Guid fileId, Guid? after, int limit, bool showsIds, CancellationToken cancellationToken)
    {
        var rows = await db.Comments
            .Where(c => c.FileId == fileId && (after == null || c.Id > after))
            .OrderBy(c => c.Id)
            .Take(limit + 1)
            .AsNoTracking()
            .ToListAsync(cancellationToken);

        return Page.Of(await AnswersAsync(rows, showsIds, cancellationToken), limit, comment => comment.Id.ToString());
    }

    /// <summary>Writes a comment; an error where it does not belong.</summary>
    public async Task<(CommentAnswer? Comment, ValidationProblem? Error)> AddAsync(
        SharedTarget target, Guid fileId, CommentPlace place, Guid? authorId, string? authorName, string body, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (place.LineFrom is null && place.LineTo is not null || place.LineTo < place.LineFrom)
        {
            return (null, Problems.Invalid("lineTo", "The last line comes before the first."));
        }

        var newest = await files.ReadAsync(target, fileId, place.Version is null ? null : new FilePin(place.Version, Label: null), accepted: null, cancellationToken);
        if (newest is null)
        {
            return (null, Problems.Invalid("version", "The file has no such version."));
        }

        if (place.ParentId is { } parent && !await db.Comments.AnyAsync(c => c.Id == parent && c.FileId == fileId, cancellationToken))
        {
            return (null, Problems.Invalid("parentId", "The file has no such comment."));
        }

        var comment = new Comment
        {
            Id = Guid.CreateVersion7(now),
            FileId = fileId,
            Version = newest.Version,
            LineFrom = place.LineFrom,
            LineTo = place.LineTo ?? place.LineFrom,
            ParentId = place.ParentId,
            AuthorId = authorId,
            AuthorName = authorName,
            Body = body,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Comments.Add(comment);
        await db.SaveChangesAsync(cancellationToken);

        return (await AnswerAsync(comment, showsIds: authorId is not null, cancellationToken), null);
    }

    /// <summary>One comment as it is answered.</summary>
    public async Task<CommentAnswer> AnswerAsync(Comment comment, bool showsIds, CancellationToken cancellationToken) =>
        (await AnswersAsync([comment], showsIds, cancellationToken))[0];

    private async Task<List<CommentAnswer>> AnswersAsync(List<Comment> comments, bool showsIds, CancellationToken cancellationToken)
    {
        var authors = await users.FindManyAsync([.. comments.Select(comment => comment.AuthorId).OfType<Guid>().Distinct()], cancellationToken);

        return comments.ConvertAll(comment => CommentAnswer.Of(comment, authors, showsIds));
    }
}
