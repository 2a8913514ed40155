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

/// <summary>Who writes a comment: a user, or whoever holds a link, under a name of their own.</summary>
internal sealed record CommentAuthor(Guid? Id, string? Name);

/// <summary>Reads and writes the comments of a file that the caller has been let to.</summary>
internal sealed class CommentStore(SharingDbContext db, IStashFiles files, IUserDirectory users)
{
    /// <summary>
    /// A page of a file's comments, the oldest first: two queries, however many there are. Only those on the versions that the reader sees: what
    /// is said of others would tell what is in them.
    /// </summary>
    public async Task<Page<CommentAnswer>> PageAsync(
        Guid fileId, IReadOnlyList<int>? versions, Guid? after, int limit, bool showsIds, CancellationToken cancellationToken)
    {
        var rows = await Shown(fileId, versions)
            .Where(c => after == null || c.Id > after)
            .OrderBy(c => c.Id)
            .Take(limit + 1)
            .AsNoTracking()
            .ToListAsync(cancellationToken);

        return Page.Of(await AnswersAsync(rows, showsIds, cancellationToken), limit, comment => comment.Id.ToString());
    }

    /// <summary>A comment to save; an error where it does not belong.</summary>
    public async Task<(Comment? Comment, ValidationProblem? Error)> PrepareAsync(
        SharedTarget target,
        Guid fileId,
        CommentPlace place,
        IReadOnlyList<int>? versions,
        CommentAuthor author,
        string body,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (place.LineFrom is null && place.LineTo is not null || place.LineTo < place.LineFrom)
        {
            return (null, Problems.Invalid("lineTo", "The last line comes before the first."));
        }

        var version = place.Version ?? versions?.Max();
        var text = versions?.Contains(version!.Value) == false
            ? null
            : await files.ReadAsync(target, fileId, version is null ? null : new FilePin(version, Label: null), accepted: null, cancellationToken);
        if (text is null)
        {
            return (null, Problems.Invalid("version", "The file has no such version."));
        }

        if ((place.LineTo ?? place.LineFrom) > LinesOf(text.Text))
        {
            return (null, Problems.Invalid(place.LineTo is null ? "lineFrom" : "lineTo", "The version has no such line."));
        }

        // Nobody answers what was taken back: it goes for good once the last answer has.
        if (place.ParentId is { } parent && !await Shown(fileId, versions).AnyAsync(c => c.Id == parent && c.DeletedAt == null, cancellationToken))
        {
            return (null, Problems.Invalid("parentId", "The file has no such comment."));
        }

        return (new Comment
        {
            Id = Guid.CreateVersion7(now),
            FileId = fileId,
            Version = text.Version,
            LineFrom = place.LineFrom,
            LineTo = place.LineTo ?? place.LineFrom,
            ParentId = place.ParentId,
            AuthorId = author.Id,
            AuthorName = author.Name,
            Body = body,
            CreatedAt = now,
            UpdatedAt = now,
        }, null);
    }

    /// <summary>Saves a prepared comment.</summary>
    public Task SaveAsync(Comment comment, CancellationToken cancellationToken)
    {
        db.Comments.Add(comment);

        return db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>One comment as it is answered.</summary>
    public async Task<CommentAnswer> AnswerAsync(Comment comment, bool showsIds, CancellationToken cancellationToken) =>
        (await AnswersAsync([comment], showsIds, cancellationToken))[0];

    private IQueryable<Comment> Shown(Guid fileId, IReadOnlyList<int>? versions) =>
        db.Comments.Where(c => c.FileId == fileId && (versions == null || versions.Contains(c.Version)));

    /// <summary>As an editor counts: what comes after the last line end is a line too.</summary>
    private static int LinesOf(string text) => text.AsSpan().Count('\n') + 1;

    private async Task<List<CommentAnswer>> AnswersAsync(List<Comment> comments, bool showsIds, CancellationToken cancellationToken)
    {
        var authors = await users.FindManyAsync([.. comments.Select(comment => comment.AuthorId).OfType<Guid>().Distinct()], cancellationToken);

        return comments.ConvertAll(comment => CommentAnswer.Of(comment, authors, showsIds));
    }
}
