using System.Text;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Access;
using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Suggestions;

/// <summary>A suggestion that the caller may read, with its file.</summary>
/// <param name="Suggestion">It.</param>
/// <param name="File">The file that it is for.</param>
internal sealed record FoundSuggestion(Suggestion Suggestion, SharedTarget File);

/// <summary>Reads and writes suggestions.</summary>
internal sealed class SuggestionStore(
    SharingDbContext db, AccessibleFiles access, IStashFiles files, IUserDirectory users, IOptions<SharingOptions> options)
{
    /// <summary>What is wrong with a proposed text; null when nothing is.</summary>
    public ValidationProblem? Check(string content)
    {
        var error = Encoding.UTF8.GetByteCount(content) > options.Value.MaxSuggestionBytes
            ? $"The content is larger than the {options.Value.MaxSuggestionBytes} bytes that a suggestion may have."
            : files.ErrorIn(content);

        return error is null ? null : Problems.Invalid("content", error);
    }

    /// <summary>Adds a suggestion. Not null when it may not be added: its author has as many open ones as may be, for the file or in all.</summary>
    /// <param name="suggestion">It.</param>
    /// <param name="pass">What is done with it, in one transaction, and may refuse it; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ProblemHttpResult?> TryAddAsync(
        Suggestion suggestion, Func<CancellationToken, Task<ProblemHttpResult?>>? pass, CancellationToken cancellationToken)
    {
        var author = suggestion.AuthorId ?? suggestion.ShareId!.Value;
        var (mostForFile, most) = (options.Value.OpenSuggestionsPerFile, options.Value.OpenSuggestionsPerPerson);

        return db.Database.CreateExecutionStrategy().ExecuteAsync(
            suggestion,
            async (_, added, cancelled) =>
            {
                db.ChangeTracker.Clear();
                await using var transaction = await db.Database.BeginTransactionAsync(cancelled);

                // At transaction level the lock works through PgBouncer. The count must be another statement: one that waits for a lock goes on
                // with the snapshot that it began with.
                await db.Database.ExecuteSqlAsync(
                    $"SELECT pg_advisory_xact_lock(hashtextextended('sharing.suggestions ' || {author}::text, 0))", cancelled);
                var open = db.Suggestions.Where(
                    s => s.Status == SuggestionStatus.Open && (added.AuthorId == null ? s.ShareId == added.ShareId : s.AuthorId == added.AuthorId));
                if (await open.CountAsync(s => s.FileId == added.FileId, cancelled) >= mostForFile || await open.CountAsync(cancelled) >= most)
                {
                    return SuggestionProblems.TooManyOpen();
                }

                if (pass is not null && await pass(cancelled) is { } refusal)
                {
                    await transaction.CommitAsync(cancelled);

                    return refusal;
                }

                db.Suggestions.Add(added);
                await db.SaveChangesAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return (ProblemHttpResult?)null;
            },
            async (_, added, cancelled) =>
                new ExecutionResult<ProblemHttpResult?>(await db.Suggestions.AnyAsync(s => s.Id == added.Id, cancelled), result: null),
            cancellationToken);
    }

    /// <summary>A page of a file's suggestions, the newest first: all for the file's owner, for others their own.</summary>
    public async Task<Page<SuggestionAnswer>> PageAsync(
        SharedTarget file, Guid userId, SuggestionStatus? status, Guid? before, int limit, CancellationToken cancellationToken)
    {
        var ofAll = file.OwnerId == userId;
        var rows = await db.Suggestions
            .Where(s => s.FileId == file.Id && (ofAll || s.AuthorId == userId) && (status == null || s.Status == status) && (before == null || s.Id < before))
            .OrderByDescending(s => s.Id)
            .Take(limit + 1)
            .AsNoTracking()
            .Select(s => new Suggestion
            {
                Id = s.Id,
                FileId = s.FileId,
                OwnerId = s.OwnerId,
                BaseVersion = s.BaseVersion,

                // A page of contents could be a hundred megabytes.
                Content = "",
                Message = s.Message,
                AuthorId = s.AuthorId,
                AuthorName = s.AuthorName,
                Status = s.Status,
                CreatedAt = s.CreatedAt,
                DecidedAt = s.DecidedAt,
                Reason = s.Reason,
                Version = s.Version,
            })
            .ToListAsync(cancellationToken);

        return Page.Of(await AnswersAsync(rows, cancellationToken), limit, suggestion => suggestion.Id.ToString());
    }

    /// <summary>A suggestion that this user made, or that is for a file of theirs; null when it is not there, or not for them.</summary>
    public async Task<FoundSuggestion?> FindAsync(Guid id, Guid userId, CancellationToken cancellationToken)
    {
        var suggestion = await db.Suggestions.AsNoTracking()
            .SingleOrDefaultAsync(s => s.Id == id && (s.OwnerId == userId || s.AuthorId == userId), cancellationToken);

        return suggestion is not null && await access.FindToCommentAsync(suggestion.FileId, userId, cancellationToken) is { } file
            ? new FoundSuggestion(suggestion, file.File)
            : null;
    }

    /// <summary>Whether this user made it and still sees its file: to take back one's own words needs no permission to say more.</summary>
    public async Task<bool> IsOwnAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        await db.Suggestions.Where(s => s.Id == id && s.AuthorId == userId).Select(s => (Guid?)s.FileId).SingleOrDefaultAsync(cancellationToken) is { } fileId
        && await access.FindToReadAsync(fileId, userId, cancellationToken) is not null;

    /// <summary>One for a file of this user.</summary>
    public async Task<FoundSuggestion?> FindOwnedAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        await FindAsync(id, userId, cancellationToken) is { } found && found.File.OwnerId == userId ? found : null;

    /// <summary>One suggestion as it is answered.</summary>
    public async Task<SuggestionAnswer> AnswerAsync(Suggestion suggestion, CancellationToken cancellationToken) =>
        (await AnswersAsync([suggestion], cancellationToken))[0];

    /// <summary>The same, as it is now.</summary>
    public async Task<SuggestionAnswer?> AnswerAsync(Guid id, CancellationToken cancellationToken) =>
        await db.Suggestions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellationToken) is { } suggestion
            ? await AnswerAsync(suggestion, cancellationToken)
            : null;

    private async Task<List<SuggestionAnswer>> AnswersAsync(List<Suggestion> suggestions, CancellationToken cancellationToken)
    {
        var authors = await users.FindManyAsync([.. suggestions.Select(suggestion => suggestion.AuthorId).OfType<Guid>().Distinct()], cancellationToken);

        return suggestions.ConvertAll(suggestion => SuggestionAnswer.Of(suggestion, authors));
    }
}
