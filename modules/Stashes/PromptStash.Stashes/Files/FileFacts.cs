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
    public static FileFacts Of(string path, string content, FileKind? kind) =>
        new(kind ?? FileRecognition.KindOf(path, content), FileRecognition.TypeOf(path), Description: null, [], Tokens: null, CheckedRules: null, 0, 0, 0);
}
