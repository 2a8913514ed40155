namespace PromptStash.Stashes.Validation.Tests;

public sealed class ReadingAFile
{
    [Fact]
    public void Tells_what_an_agent_can_be_found_by() => Assert.Equal(
        ["model=opus", "name=reviewer", "skills=pdf", "tools=bash", "tools=mcp__docs__*", "tools=read"],
        Fields(".claude/agents/a.md", "---\nname: Reviewer\ndescription: b\nmodel: opus\ntools: Read, Bash(git:*), mcp__docs__*\ndisallowedTools: Write\nskills: [pdf]\n---\nBody\n"));

    [Fact]
    public void Tells_what_hooks_can_be_found_by() => Assert.Equal(
        ["event=pretooluse", "hook=command", "matcher=bash", "matcher=edit"],
        Fields("hooks/hooks.json", """{"hooks": {"PreToolUse": [{"matcher": "Bash|Edit", "hooks": [{"type": "command", "command": "x"}]}]}}"""));

    [Fact]
    public void Tells_what_servers_can_be_found_by() => Assert.Equal(["server=docs", "server=github"], Fields(".mcp.json", """{"mcpServers": {"GitHub": {"command": "x"}, "docs": {"command": "y"}}}"""));

    [Fact]
    public void Tells_what_agents_and_servers_of_others_can_be_found_by()
    {
        Assert.Equal(
            ["model=gpt-5", "name=planner", "tools=search"],
            Fields(".github/agents/planner.agent.md", "---\nname: Planner\nmodel: GPT-5\ntools: ['search']\n---\nPlan first.\n"));
        Assert.Equal(["server=docs"], Fields(".vscode/mcp.json", """{"servers": {"docs": {"command": "x"}}}"""));
    }

    [Theory]
    [InlineData(".claude/agents/a.md", "---\nname: a\ndescription: Reviews\n---\nBody\n", "a", "Reviews")]
    [InlineData(".claude/skills/pdf/SKILL.md", "# PDF\n\nFills\nforms.\n\nMore.\n", "pdf", "Fills forms.")]
    [InlineData(".claude/commands/ship.md", "---\nname: other\n---\n```\ncode\n```\nShips it.\n", "ship", "Ships it.")]
    [InlineData(".claude-plugin/plugin.json", """{"name": "git", "description": "Git"}""", "git", "Git")]
    [InlineData(".claude-plugin/marketplace.json", """{"name": "m", "metadata": {"description": "Tools"}}""", "m", "Tools")]
    [InlineData("notes.md", "Notes\n", null, null)]
    public void Tells_its_name_and_description(string path, string text, string? name, string? description)
    {
        var check = Checker.Check(path, text);

        Assert.Equal((name, description), (check.Name, check.Description));
    }

    [Fact]
    public void Counts_its_findings_by_severity()
    {
        var check = Checker.Check(".claude/agents/a.md", "---\ndescription: b\nmodel: Opus\ncolour: red\n---\nBody\n");

        Assert.Equal((1, 2, 0), (check.Count(Severity.Error), check.Count(Severity.Warning), check.Count(Severity.Info)));
    }

    private static IReadOnlyList<string> Fields(string path, string text) => Checker.Check(path, text).Fields;
}
