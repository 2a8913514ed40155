using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Validation;

/// <summary>A file that is not saved, and the errors in it.</summary>
internal sealed record FileErrors(string Path, IReadOnlyList<Finding> Findings);

/// <summary>
/// The errors in what a commit or an import writes, for callers who want none to be saved. All of it is written first, in a transaction that
/// is not committed then: where files end up, and as what kind, is known only when they are there.
/// </summary>
/// <param name="maxListed">Of how many files the errors are kept; the others are counted.</param>
internal sealed class StrictErrors(int maxListed)
{
    private readonly Dictionary<string, FileErrors?> _files = new(StringComparer.Ordinal);

    public int Count => _files.Count;

    /// <summary>Looks at what was written; of several versions of a file, the last one counts.</summary>
    public void Look(IEnumerable<MergedFile> written)
    {
        foreach (var (file, facts) in written)
        {
            _files.Remove(file.Path);
            if (facts.Errors > 0)
            {
                _files.Add(file.Path, _files.Count < maxListed ? ErrorsOf(file, facts.Kind) : null);
            }
        }
    }

    public ProblemHttpResult Answer() => TypedResults.Problem(
        $"{Count} of the files {(Count == 1 ? "breaks" : "break")} rules of their formats, and ?strict=true was asked for. Nothing was saved.",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        extensions: new Dictionary<string, object?>
        {
            ["count"] = Count,
            ["files"] = _files.Values.OfType<FileErrors>().OrderBy(file => file.Path, StringComparer.Ordinal).ToList(),
        });

    /// <summary>Read again: of the thousands of files that have none, nothing is kept for it.</summary>
    private static FileErrors ErrorsOf(FileToMerge file, FileKind kind) =>
        new(file.Path, [.. Checker.Check(file.Path, file.Content.Text, kind).Findings.Where(finding => finding.Severity == Severity.Error)]);
}
