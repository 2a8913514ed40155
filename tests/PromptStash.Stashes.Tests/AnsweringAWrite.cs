using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Validation;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Tests;

public sealed class AnsweringAWrite
{
    private static readonly FileSummary Newer = FileSummary.Example with { Version = 9, Size = 900, EstimatedTokens = 90, Findings = new FindingCounts(9, 9, 9) };
    private static readonly FileFacts Facts = new(FileKind.Agent, FileType.Markdown, "Reviews", [], 5, 1, Errors: 1, Warnings: 2, Infos: 3);
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Tells_of_what_was_written_also_when_somebody_has_written_since() => Assert.Equal(
        Newer with { Version = 8, Size = 80, UpdatedAt = Now, EstimatedTokens = 5, Findings = new FindingCounts(1, 2, 3) },
        Newer.As(new WriteResult(WriteOutcome.Written, 8, Facts), size: 80, Now));

    [Fact]
    public void That_changed_nothing_tells_of_the_file_as_it_is() =>
        Assert.Equal(Newer, Newer.As(new WriteResult(WriteOutcome.Unchanged, 9), size: 900, Now));
}
