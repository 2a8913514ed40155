using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Files;

/// <summary>What is read off a file when it is written, and kept beside it.</summary>
internal sealed record FileFacts(
    FileKind Kind,
    FileType Type,
    string? Description,
    string[] Fields,
    int? Tokens,
    int? CheckedRules,
    int Errors,
    int Warnings,
    int Infos)
{
    /// <summary>Reads a file. <paramref name="kind"/> is what its owner says it is; found from path and content when null.</summary>
    public static FileFacts Of(string path, string content, FileKind? kind)
    {
        var check = Checker.Check(path, content, kind);
        FindingsMeter.Count(check);

        return new FileFacts(
            check.Kind,
            FileRecognition.TypeOf(path),
            check.Description,
            [.. check.Fields],
            TokenEstimate.Count(content),
            Checker.RulesVersion,
            check.Count(Severity.Error),
            check.Count(Severity.Warning),
            check.Count(Severity.Info));
    }
}
