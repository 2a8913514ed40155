using System.Text;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

/// <summary>What differs between two versions.</summary>
/// <param name="From">The old version's number.</param>
/// <param name="To">The new version's number.</param>
/// <param name="Added">Lines that are only in the new one.</param>
/// <param name="Removed">Lines that are only in the old one.</param>
/// <param name="Hunks">The passages that differ; none when the versions hold the same.</param>
internal sealed record FileDiff(int From, int To, int Added, int Removed, IReadOnlyList<DiffHunk> Hunks)
{
    public static FileDiff Of(int from, int to, IReadOnlyList<DiffHunk> hunks) => new(
        from, to, Count(hunks, DiffOperation.Insert), Count(hunks, DiffOperation.Delete), hunks);

    private static int Count(IReadOnlyList<DiffHunk> hunks, DiffOperation operation) => hunks.Sum(hunk => hunk.Lines.Count(line => line.Op == operation));
}

internal static class DiffVersions
{
    private const string Unified = "unified";
    private const string Json = "json";

    public static void MapDiffVersions(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/diff", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(DiffVersions))
            .WithSummary("Compare two versions of a file line by line")
            .WithDescription("The unified form applies with 'patch -p1': carriage returns and a missing final newline are kept. The answer is empty when nothing differs.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain; charset=utf-8")
            .Produces<FileDiff>(StatusCodes.Status200OK, "application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithResponseExample(FileDiff.Of(1, 2,
            [
                new DiffHunk(5, 1, 5, 1,
                [
                    new DiffLine(DiffOperation.Delete, "Read the diff first.", NoNewline: false),
                    new DiffLine(DiffOperation.Insert, "Read the diff first, then the tests.", NoNewline: false),
                ]),
            ]));

    private static async Task<Results<JsonHttpResult<FileDiff>, ContentHttpResult, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId,
        [Description(VersionName.Description)] string from,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        ContentStore contents,
        IOptions<StashesOptions> options,
        CancellationToken cancellationToken,
        [Description(VersionName.Description)] string to = VersionName.Latest,
        [AllowedValues(Unified, Json), Description("'unified', which patch applies, or 'json', for programs that show it.")] string format = Unified,
        [Range(0, 1000), Description("How many unchanged lines to show around a change, 0 to 1,000.")] int context = 3)
    {
        if (!VersionName.IsValid(from) || !VersionName.IsValid(to))
        {
            return VersionName.Invalid(VersionName.IsValid(from) ? nameof(to) : nameof(from));
        }

        var file = await access.FilesOf(user)
            .Where(f => f.Id == fileId)
            .Select(f => new { f.Path, f.Version })
            .SingleOrDefaultAsync(cancellationToken);
        if (file is null
            || await access.FindVersionAsync(fileId, from, file.Version, cancellationToken) is not { } oldVersion
            || await access.FindVersionAsync(fileId, to, file.Version, cancellationToken) is not { } newVersion)
        {
            return TypedResults.NotFound();
        }

        // Asked first: a text that is too large to compare is also too large to unpack for nothing.
        var limits = options.Value;
        var largest = await db.FileVersions
            .Where(v => v.FileId == fileId && (v.Version == oldVersion || v.Version == newVersion))
            .MaxAsync(v => (int?)v.Size, cancellationToken);
        if (largest > limits.MaxDiffBytes)
        {
            return Problems.BadRequest($"One of the versions has {largest} bytes; at most {limits.MaxDiffBytes} are compared.");
        }

        if (await contents.ReadVersionAsync(fileId, oldVersion, cancellationToken) is not { } oldText
            || await contents.ReadVersionAsync(fileId, newVersion, cancellationToken) is not { } newText)
        {
            return TypedResults.NotFound();
        }

        if (Math.Max(LineDiff.CountLines(oldText), LineDiff.CountLines(newText)) is var lines && lines > limits.MaxDiffLines)
        {
            return Problems.BadRequest($"One of the versions has {lines} lines; at most {limits.MaxDiffLines} are compared.");
        }

        var hunks = LineDiff.Compare(oldText, newText, context);

        return format == Json
            ? TypedResults.Json(FileDiff.Of(oldVersion, newVersion, hunks))
            : TypedResults.Text(LineDiff.ToUnified(file.Path, oldVersion, newVersion, hunks), "text/plain", Encoding.UTF8);
    }
}
