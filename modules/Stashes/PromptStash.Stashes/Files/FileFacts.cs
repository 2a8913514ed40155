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
    /// <summary>
    /// The kind that a file keeps whatever its next content is; null where that content may tell. A file that was taken for nothing in particular
    /// may become something, unless its owner said that it is nothing else. What was something stays it: a draft of a moment is not to lose
    /// the findings that say what is wrong with it.
    /// </summary>
    public static FileKind? KindToKeep(FileKind kind, string path, string content) =>
        kind == FileKind.Other && FileRecognition.KindOf(path, content) == FileKind.Other ? null : kind;

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
