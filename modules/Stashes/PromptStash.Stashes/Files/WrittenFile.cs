using PromptStash.Stashes.Data;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Files;

/// <summary>How a write of a file's content is answered, wherever the content came from.</summary>
internal static class WrittenFile
{
    /// <summary>Says what came of a write; 412 tells the version that the file is at.</summary>
    /// <param name="db">The context.</param>
    /// <param name="response">Gets the ETag.</param>
    /// <param name="ownerId">Whose file it is.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="size">Of what was written, in bytes.</param>
    /// <param name="now">The time of the version.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Results<Ok<FileSummary>, NotFound, ValidationProblem, ProblemHttpResult>> AnswerAsync(
        this StashesDbContext db,
        HttpResponse response,
        Guid ownerId,
        Guid fileId,
        WriteResult result,
        int size,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (result.Outcome == WriteOutcome.Stale)
        {
            return Problems.Stale(response, result.Version);
        }

        if (result.Outcome == WriteOutcome.NotFound)
        {
            return TypedResults.NotFound();
        }

        // In the trash too: what was written is not answered with 404 because somebody has thrown the file away since.
        var file = await db.Files
            .Where(f => f.Id == fileId && f.Stash.UserId == ownerId)
            .Select(FileSummary.Projection)
            .SingleOrDefaultAsync(cancellationToken);
        if (file is null)
        {
            return TypedResults.NotFound();
        }

        // Somebody may have written since: the answer tells what this request wrote.
        response.Headers.ETag = ETags.Of(result.Version);

        return TypedResults.Ok(file.As(result, size, now));
    }

    /// <summary>The file as a write has left it, whoever has written since.</summary>
    public static FileSummary As(this FileSummary file, WriteResult result, int size, DateTimeOffset now) => result.Facts is { } facts
        ? file with
        {
            Version = result.Version,
            Size = size,
            UpdatedAt = now,
            EstimatedTokens = facts.Tokens,
            Findings = new FindingCounts(facts.Errors, facts.Warnings, facts.Infos),
        }
        : file;
}
