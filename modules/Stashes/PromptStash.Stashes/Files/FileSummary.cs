using System.Globalization;
using System.Linq.Expressions;
using System.Text.Json.Serialization;
using PromptStash.Sharing.Contracts;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Files;

/// <summary>How many findings a file has, by severity. What is in them is told by its findings.</summary>
internal sealed record FindingCounts(int Errors, int Warnings, int Infos);

/// <summary>A file without its content, as lists and writes answer it.</summary>
internal sealed record FileSummary(
    Guid Id,
    Guid StashId,
    Guid? FolderId,
    string Name,
    string Path,
    FileKind Kind,
    FileType FileType,
    int Size,
    int Version,
    int? EstimatedTokens,
    FindingCounts Findings,
    IReadOnlyList<string> Tags,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>How many comments it has; absent from answers to writes, and for whoever may not read the comments.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CommentCounts? Comments { get; init; }

    public static readonly Expression<Func<StashFile, FileSummary>> Projection = file => new FileSummary(
        file.Id,
        file.StashId,
        file.FolderId,
        file.Name,
        file.Path,
        file.Kind,
        file.FileType,
        file.Size,
        file.Version,
        file.Tokens,
        new FindingCounts(file.Errors, file.Warnings, file.Infos),
        file.Tags.OrderBy(tag => tag.Tag.Name).Select(tag => tag.Tag.Name).ToList(),
        file.CreatedAt,
        file.UpdatedAt);

    public static readonly FileSummary Example = new(
        Guid.Parse("019ab4c1-0f3a-7d10-8c11-5a8e2f7b9d01"),
        Guid.Parse("019ab4c0-6b1e-7c53-9d2e-0d6f3a1b2c3d"),
        Guid.Parse("019ab4c1-0f3a-7d0e-b1f5-3c2d1e0f9a8b"),
        "code-reviewer.md",
        ".claude/agents/code-reviewer.md",
        FileKind.Agent,
        FileType.Markdown,
        87,
        1,
        24,
        new FindingCounts(0, 0, 0),
        [],
        DateTimeOffset.Parse("2026-11-23T09:31:00Z", CultureInfo.InvariantCulture),
        DateTimeOffset.Parse("2026-11-23T09:31:00Z", CultureInfo.InvariantCulture));

    /// <summary>As reads answer it.</summary>
    public static readonly FileSummary ReadExample = Example with { Comments = new CommentCounts(3, 1) };

    public static FileSummary Of(StashFile file) => new(
        file.Id, file.StashId, file.FolderId, file.Name, file.Path, file.Kind, file.FileType, file.Size, file.Version, file.Tokens,
        new FindingCounts(file.Errors, file.Warnings, file.Infos), [], file.CreatedAt, file.UpdatedAt);
}
