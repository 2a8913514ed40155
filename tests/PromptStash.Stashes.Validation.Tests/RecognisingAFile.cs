namespace PromptStash.Stashes.Validation.Tests;

public sealed class RecognisingAFile
{
    private const string Subagent = "---\nname: code-reviewer\ndescription: Reviews changes\n---\nRead the diff first.\n";

    // The places that the agents' documentation names.
    [Theory]
    [InlineData(".claude/agents/code-reviewer.md", FileKind.Agent)]
    [InlineData(".claude/agents/team/review/code-reviewer.md", FileKind.Agent)]
    [InlineData("plugins/review/agents/code-reviewer.md", FileKind.Agent)]
    [InlineData(".github/agents/planner.agent.md", FileKind.Agent)]
    [InlineData(".claude/skills/pdf/SKILL.md", FileKind.Skill)]
    [InlineData("plugins/docs/skills/pdf/SKILL.md", FileKind.Skill)]
    [InlineData(".agents/skills/pdf/SKILL.md", FileKind.Skill)]
    [InlineData(".cursor/skills/pdf/skill.md", FileKind.Skill)]
    [InlineData(".claude/commands/commit.md", FileKind.Command)]
    [InlineData(".claude/commands/git/commit.md", FileKind.Command)]
    [InlineData("plugins/git/commands/commit.md", FileKind.Command)]
    [InlineData("plugins/git/hooks/hooks.json", FileKind.Hooks)]
    [InlineData(".claude/settings.json", FileKind.Settings)]
    [InlineData(".claude/settings.local.json", FileKind.Settings)]
    [InlineData("sub/project/.claude/settings.json", FileKind.Settings)]
    [InlineData(".mcp.json", FileKind.Mcp)]
    [InlineData("plugins/db/.mcp.json", FileKind.Mcp)]
    [InlineData(".cursor/mcp.json", FileKind.Mcp)]
    [InlineData("projects/-home-ada-src/0f9c.jsonl", FileKind.Session)]
    [InlineData("projects/-home-ada-src/0f9c/subagents/agent-1.jsonl", FileKind.Session)]
    [InlineData(".claude-plugin/plugin.json", FileKind.Plugin)]
    [InlineData("plugins/git/.claude-plugin/plugin.json", FileKind.Plugin)]
    [InlineData(".claude-plugin/marketplace.json", FileKind.Marketplace)]
    [InlineData(".claude/rules/testing.md", FileKind.Rule)]
    [InlineData(".claude/rules/frontend/testing.md", FileKind.Rule)]
    [InlineData(".cursor/rules/style.mdc", FileKind.Rule)]
    [InlineData(".cursorrules", FileKind.Rule)]
    [InlineData(".github/instructions/csharp.instructions.md", FileKind.Rule)]
    [InlineData("CLAUDE.md", FileKind.Memory)]
    [InlineData("CLAUDE.local.md", FileKind.Memory)]
    [InlineData("src/api/CLAUDE.md", FileKind.Memory)]
    [InlineData("AGENTS.md", FileKind.Memory)]
    [InlineData("src/api/agents.md", FileKind.Memory)]
    [InlineData("GEMINI.md", FileKind.Memory)]
    [InlineData(".github/copilot-instructions.md", FileKind.Memory)]
    [InlineData(".claude/output-styles/terse.md", FileKind.OutputStyle)]
    [InlineData("plugins/style/output-styles/terse.md", FileKind.OutputStyle)]
    public void By_its_place_needs_no_content(string path, object kind) => Assert.Equal(kind, FileRecognition.KindOf(path, ""));

    [Theory]
    [InlineData("README.md")]
    [InlineData("src/rules/order.md")] // Rules are in a folder of an agent's, whose name begins with a dot.
    [InlineData("my-agents/reviewer.md")]
    [InlineData("package.json")]
    [InlineData("hooks/format.sh")]
    [InlineData("agents/reviewer.txt")]
    [InlineData(".claude-plugin/other.json")]
    [InlineData("plugin.json")]
    [InlineData("LICENSE")]
    [InlineData("config.yaml")]
    public void In_no_special_place_is_other(string path) => Assert.Equal(FileKind.Other, FileRecognition.KindOf(path, ""));

    [Theory]
    [InlineData(".claude/skills/pdf/agents/reader.md")]
    [InlineData(".claude/skills/pdf/commands/fill.md")]
    [InlineData(".claude/skills/pdf/references/forms.md")]
    [InlineData(".claude/skills/pdf/data/settings.json")]
    [InlineData(".claude/skills/pdf/scripts/fill.py")]
    public void Inside_a_skill_is_a_part_of_the_skill(string path) =>
        Assert.Equal(FileKind.Other, FileRecognition.KindOf(path, """{"permissions": {}}"""));

    [Theory]
    [InlineData("servers.json", """{"mcpServers": {"db": {"command": "db"}}}""", FileKind.Mcp)]
    [InlineData("shared.json", """{"permissions": {"allow": []}, "hooks": {}}""", FileKind.Settings)]
    [InlineData("format.json", """{"hooks": {"PostToolUse": []}}""", FileKind.Hooks)]
    [InlineData("bom.json", "\uFEFF{\"hooks\": {}}", FileKind.Hooks)]
    [InlineData("tsconfig.json", """{"compilerOptions": {}}""", FileKind.Other)]
    [InlineData("nested.json", """{"a": {"mcpServers": {}}}""", FileKind.Other)]
    [InlineData("list.json", """["hooks"]""", FileKind.Other)]
    [InlineData("draft.json", """{"hooks": """, FileKind.Other)]
    [InlineData("empty.json", "", FileKind.Other)]
    [InlineData("reviewer.md", Subagent, FileKind.Agent)]
    [InlineData("reviewer.md", "\uFEFF---\r\nname: x\r\ndescription: y\r\n---\r\n", FileKind.Agent)]
    [InlineData("reviewer.md", "---\nname: x\n---\n", FileKind.Other)]
    [InlineData("reviewer.md", "name: x\ndescription: y\n", FileKind.Other)]
    [InlineData("reviewer.md", "---\nmeta:\n  name: x\n  description: y\n---\n", FileKind.Other)]
    [InlineData("docs/reviewer.md", Subagent, FileKind.Other)]
    public void In_no_special_place_goes_by_its_content(string path, string content, object kind) =>
        Assert.Equal(kind, FileRecognition.KindOf(path, content));

    [Theory]
    [InlineData("""{"\ud800": 1}""")]
    [InlineData("""{"\udc00\ud800": 1, "hooks": {}}""")]
    public void With_a_key_that_is_no_text_is_still_a_file(string content) =>
        Assert.Contains(FileRecognition.KindOf("odd.json", content), new[] { FileKind.Other, FileKind.Hooks });

    [Theory]
    [InlineData("a.md", FileType.Markdown)]
    [InlineData("a.MD", FileType.Markdown)]
    [InlineData("a.markdown", FileType.Markdown)]
    [InlineData("a.mdc", FileType.Markdown)]
    [InlineData("a.json", FileType.Json)]
    [InlineData(".json", FileType.Json)]
    [InlineData("a.jsonl", FileType.Jsonl)]
    [InlineData("a.yaml", FileType.Yaml)]
    [InlineData("a.yml", FileType.Yaml)]
    [InlineData("a.py", FileType.Text)]
    [InlineData("a.json.bak", FileType.Text)]
    [InlineData("folder.md/LICENSE", FileType.Text)]
    [InlineData("Makefile", FileType.Text)]
    public void Finds_its_syntax_by_its_ending(string path, object type) => Assert.Equal(type, FileRecognition.TypeOf(path));

    [Fact]
    public void Does_not_depend_on_the_case_of_its_path() =>
        Gen.Select(
            Gen.OneOf("a.md", ".claude/agents/a.md", ".claude/skills/a/skill.md", "hooks/hooks.json", ".claude/settings.json", "claude.md", ".cursorrules", "a.jsonl"),
            Gen.Bool.Array[32])
        .Sample((path, upper) =>
        {
            var mixed = string.Concat(path.Select((character, i) => upper[i] ? char.ToUpperInvariant(character) : character));

            Assert.Equal(FileRecognition.KindOf(path, Subagent), FileRecognition.KindOf(mixed, Subagent));
        });

    [Fact]
    public void Never_fails_whatever_it_holds()
    {
        var json = Gen.OneOf("{", "}", "[", "]", "\"", ":", ",", "hooks", "\\ud800", "\\udc00", "1e999", "null", " ", "\uFEFF", "---\n", "name: x\n", "\0").Array[0, 20].Select(string.Concat);

        Gen.Select(Gen.OneOf("a.json", "a.md", ".claude/x.json", "skills/x/y.json", "a.jsonl"), Gen.OneOf(json, Gen.String))
            .Sample((path, content) => Enum.IsDefined(FileRecognition.KindOf(path, content)), iter: 20_000);
    }
}
