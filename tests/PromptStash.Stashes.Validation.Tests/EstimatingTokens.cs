namespace PromptStash.Stashes.Validation.Tests;

public sealed class EstimatingTokens
{
    private static readonly string Prose = string.Concat(Enumerable.Repeat("Read the diff first, then say in one sentence what it changes. ", 200));

    [Fact]
    public void Of_nothing_is_none() => Assert.Equal(0, TokenEstimate.Count(""));

    [Fact]
    public void Of_words_is_about_one_for_each() => Assert.InRange(TokenEstimate.Count("Read the diff first."), 4, 6);

    [Fact]
    public void Of_a_long_text_is_about_what_its_parts_are_together()
    {
        var text = string.Concat(Enumerable.Repeat(Prose, 30));

        Assert.True(text.Length > TokenEstimate.MaxCounted);
        Assert.InRange(TokenEstimate.Count(text), 30 * TokenEstimate.Count(Prose) * 0.95, 30 * TokenEstimate.Count(Prose) * 1.05);
    }

    [Fact]
    public void At_start_up_counts_name_and_description_of_a_skill_up_to_what_is_listed()
    {
        var listed = StartUpCost.Of(".claude/skills/a/SKILL.md", FileKind.Skill, "a", Prose[..1536], 5000);

        Assert.InRange(listed, 200, 500);
        Assert.Equal(listed, StartUpCost.Of(".claude/skills/a/SKILL.md", FileKind.Skill, "a", Prose, 5000));
    }

    [Theory]
    [InlineData("CLAUDE.md", FileKind.Memory, 100)]
    [InlineData("src/CLAUDE.md", FileKind.Memory, 0)]
    [InlineData("AGENTS.md", FileKind.Memory, 0)]
    [InlineData(".claude/rules/a.md", FileKind.Rule, 100)]
    [InlineData(".cursor/rules/a.mdc", FileKind.Rule, 0)]
    [InlineData(".claude/skills/a/references/b.md", FileKind.Other, 0)]
    [InlineData(".mcp.json", FileKind.Mcp, 0)]
    public void At_start_up_counts_all_of_what_is_read_then(string path, FileKind kind, int expected) =>
        Assert.Equal(expected, StartUpCost.Of(path, kind, name: null, description: null, 100));

    [Theory]
    [InlineData(".claude/skills/pdf/SKILL.md", FileKind.Skill, "pdf")]
    [InlineData(".claude/commands/ship.md", FileKind.Command, "ship")]
    [InlineData(".claude/agents/a.md", FileKind.Agent, null)]
    public void Names_a_file_that_does_not_name_itself(string path, FileKind kind, string? name) => Assert.Equal(name, StartUpCost.NameIn(path, kind, ["model=opus"]));
}
