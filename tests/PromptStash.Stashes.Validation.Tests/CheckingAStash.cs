namespace PromptStash.Stashes.Validation.Tests;

public sealed class CheckingAStash
{
    private static readonly (string Path, string Text) PdfSkill = (".claude/skills/pdf/SKILL.md", "---\nname: pdf\ndescription: b\n---\nBody\n");

    [Fact]
    public void Finds_an_agent_that_names_a_skill_which_is_not_there() => Finds(
        "stash-skill-missing", (5, 12),
        (".claude/agents/a.md", "---\nname: a\ndescription: b\nmodel: opus\nskills: [  pdf, word]\n---\nBody\n"));

    [Fact]
    public void Knows_a_skill_by_its_directory_and_by_its_plugin() => FindsNothing(
        (".claude/agents/a.md", "---\nname: a\ndescription: b\nskills: [pdf, 'docs:pdf']\n---\nBody\n"), PdfSkill);

    [Fact]
    public void Finds_a_tool_of_a_server_which_is_not_there() => Finds(
        "stash-server-missing", (4, 14),
        (".claude/agents/a.md", "---\nname: a\ndescription: b\ntools: Read, mcp__docs__read\n---\nBody\n"));

    [Theory]
    [InlineData(".mcp.json", """{"mcpServers": {"docs": {"command": "docs"}}}""")]
    [InlineData(".claude-plugin/plugin.json", """{"name": "p", "mcpServers": {"docs": {"command": "docs"}}}""")]
    public void Knows_a_server_wherever_it_is_set_up(string path, string text) => FindsNothing(
        (".claude/agents/a.md", "---\nname: a\ndescription: b\ntools: mcp__docs__read, mcp__plugin_p_docs__read, mcp__*\n---\nBody\n"), (path, text));

    [Fact]
    public void Finds_a_matcher_of_a_server_which_is_not_there() => Finds(
        "stash-server-missing", (1, 40),
        ("hooks/hooks.json", """{"hooks": {"PreToolUse": [{"matcher":  "mcp__docs__read", "hooks": []}]}}"""));

    [Theory]
    [InlineData("plugins/git/hooks/hooks.json", """{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "${CLAUDE_PLUGIN_ROOT}/hooks/a.sh"}]}]}}""", "plugins/git/hooks/a.sh", 64)]
    [InlineData(".claude/settings.json", """{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "$CLAUDE_PROJECT_DIR/.claude/hooks/a.sh"}]}]}}""", ".claude/hooks/a.sh", 64)]
    public void Finds_a_script_which_is_not_there(string path, string text, string script, int column)
    {
        Finds("stash-script-missing", (1, column), (path, text));
        FindsNothing((path, text), (script, "#!/bin/sh\n"));
    }

    [Theory]
    [InlineData("$CLAUDE_PROJECT_DIR/scripts/lint.sh")]
    [InlineData("${CLAUDE_PROJECT_DIR}/.claude/../scripts/lint.sh")]
    [InlineData("$CLAUDE_PROJECT_DIR/.claude.sh")]
    public void Takes_a_script_of_the_project_for_one_that_is_not_stashed(string script) => FindsNothing(
        (".claude/settings.json", """{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "SCRIPT"}]}]}}""".Replace("SCRIPT", script, StringComparison.Ordinal)));

    [Theory]
    [InlineData("!`${CLAUDE_SKILL_DIR}/scripts/a.sh`", 3)]
    [InlineData("Run `${CLAUDE_SKILL_DIR}/scripts/a.sh` first.", 6)]
    [InlineData("!`bash ${CLAUDE_PLUGIN_ROOT}/skills/pdf/scripts/a.sh`", 8)]
    public void Finds_a_script_that_a_skill_runs_and_does_not_have(string line, int column)
    {
        var skill = (Path: "plugins/docs/skills/pdf/SKILL.md", Text: $"{PdfSkill.Text}{line}\n");

        Finds("stash-script-missing", (6, column), skill);
        FindsNothing(skill, ("plugins/docs/skills/pdf/scripts/a.sh", "#!/bin/sh\n"));
    }

    [Fact]
    public void Finds_a_script_in_a_block_that_a_command_runs()
    {
        var command = (Path: "plugins/docs/commands/a.md", Text: "```!\ndate\nbash ${CLAUDE_PLUGIN_ROOT}/scripts/a.sh\n```\n");

        Finds("stash-script-missing", (3, 6), command);
        FindsNothing(command, ("plugins/docs/scripts/a.sh", "#!/bin/sh\n"));
    }

    [Fact]
    public void Finds_a_page_of_a_skill_which_is_not_there()
    {
        var skill = (PdfSkill.Path, Text: PdfSkill.Text + "Read ${CLAUDE_SKILL_DIR}/forms.md and write ${CLAUDE_SKILL_DIR}/out.json.\n");

        Finds("stash-link-missing", (6, 6), skill);
        FindsNothing(skill, (".claude/skills/pdf/forms.md", "Forms\n"));
    }

    [Fact]
    public void Takes_a_script_of_a_plugin_in_prose_for_an_example() => FindsNothing(
        ("plugins/docs/commands/a.md", "A hook may run `${CLAUDE_PLUGIN_ROOT}/scripts/a.sh`.\n"));

    [Theory]
    [InlineData("""{"mcpServers": {"docs": {"command": "${CLAUDE_PLUGIN_ROOT}/server/a.js"}}}""", 38)]
    [InlineData("""{"mcpServers": {"docs": {"command": "node", "args": ["${CLAUDE_PLUGIN_ROOT}/server/a.js"]}}}""", 55)]
    public void Finds_a_server_of_a_plugin_which_is_not_there(string text, int column)
    {
        Finds("stash-script-missing", (1, column), ("plugins/docs/.mcp.json", text));
        FindsNothing(("plugins/docs/.mcp.json", text), ("plugins/docs/server/a.js", ""));
    }

    [Fact]
    public void Does_not_look_for_the_scripts_of_a_plugin_where_its_marketplace_lies() => FindsNothing(
        (".claude-plugin/marketplace.json", """{"name": "m", "owner": {"name": "Ada"}, "plugins": [{"name": "p", "source": "./p", "mcpServers": {"docs": {"command": "${CLAUDE_PLUGIN_ROOT}/a.js"}}}]}"""),
        ("p/a.js", ""));

    [Fact]
    public void Finds_a_script_that_a_hook_gives_to_a_program()
    {
        var hooks = ("plugins/git/hooks/hooks.json", """{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "node", "args": ["${CLAUDE_PLUGIN_ROOT}/a.js"]}]}]}}""");

        Finds("stash-script-missing", (1, 81), hooks);
        FindsNothing(hooks, ("plugins/git/a.js", ""));
    }

    [Fact]
    public void Finds_an_agent_that_a_skill_runs_in_and_which_is_not_there()
    {
        var skill = (PdfSkill.Path, Text: "---\nname: pdf\ndescription: b\ncontext: fork\nagent: reviewer\n---\nBody\n");

        Finds("stash-agent-missing", (5, 8), skill);
        FindsNothing(skill, (".claude/agents/a.md", "---\nname: reviewer\ndescription: b\n---\nBody\n"));
        FindsNothing(skill, ("plugins/docs/agents/reviewer.md", "---\ndescription: b\n---\nBody\n"));
        FindsNothing((skill.Path, skill.Text.Replace("reviewer", "Explore", StringComparison.Ordinal)));
    }

    [Fact]
    public void Finds_two_commands_of_one_file_name_in_one_place()
    {
        Finds("stash-command-duplicate", (1, 1), (".claude/commands/git/a.md", "Body\n"), (".claude/commands/web/A.md", "Body\n"));
        FindsNothing((".claude/commands/git/a.md", "Body\n"), (".claude/commands/git/b.md", "Body\n"), ("plugins/docs/commands/a.md", "Body\n"));
    }

    [Fact]
    public void Finds_a_link_of_a_skill_that_leads_nowhere()
    {
        var skill = (PdfSkill.Path, Text: PdfSkill.Text + "See [forms](references/forms.md), `[not](this.md)` and [the site](https://example.com/a.md).\n");

        Finds("stash-link-missing", (6, 13), skill);
        FindsNothing(skill, (".claude/skills/pdf/references/forms.md", "Forms\n"));
    }

    [Fact]
    public void Finds_an_import_of_memory_which_is_not_there()
    {
        var memory = ("CLAUDE.md", "See @docs/style.md, `@not/this.md`, @ada and a@b.com.\n");

        Finds("stash-import-missing", (1, 5), memory);
        FindsNothing(memory, ("docs/style.md", "Be brief.\n"));
    }

    [Fact]
    public void Finds_a_plugin_of_a_marketplace_which_is_not_there()
    {
        var marketplace = (".claude-plugin/marketplace.json", """{"name": "m", "owner": {"name": "Ada"}, "plugins": [{"name": "git", "source": "./plugins/git"}]}""");

        Finds("stash-plugin-missing", (1, 79), marketplace);
        FindsNothing(marketplace, ("plugins/git/commands/a.md", "Body\n"));
    }

    [Fact]
    public void Finds_two_agents_of_one_name_in_one_place()
    {
        const string twin = "---\nname: twin\ndescription: b\n---\nBody\n";

        Finds("stash-agent-duplicate", (1, 1), (".claude/agents/a.md", twin), (".claude/agents/deep/b.md", twin));
        FindsNothing((".claude/agents/a.md", twin), ("plugins/p/agents/a.md", twin));
    }

    [Fact]
    public void Tells_agents_of_a_plugin_apart_by_their_subfolders()
    {
        const string twin = "---\nname: twin\ndescription: b\n---\nBody\n";

        FindsNothing(("plugins/p/agents/a.md", twin), ("plugins/p/agents/review/a.md", twin), ("plugins/p/agents/write/a.md", twin));
        Finds("stash-agent-duplicate", (1, 1), ("plugins/p/agents/review/a.md", twin), ("plugins/p/agents/review/b.md", twin));
        Finds("stash-agent-duplicate", (1, 1), ("agents/review/a.md", twin), ("agents/review/b.md", twin));
    }

    [Fact]
    public void Leaves_agents_of_others_alone()
    {
        const string twin = "---\nname: twin\ndescription: b\n---\nBody\n";

        FindsNothing((".github/agents/a.agent.md", twin), (".github/agents/b.agent.md", twin));
        Finds("stash-agent-missing", (4, 8), (PdfSkill.Path, "---\nname: pdf\ndescription: b\nagent: twin\n---\nBody\n"), (".github/agents/a.agent.md", twin));
    }

    [Fact]
    public void Finds_two_skills_of_one_directory_in_one_place() => Finds(
        "stash-skill-duplicate", (1, 1), PdfSkill, (".claude/skills/more/pdf/SKILL.md", PdfSkill.Text));

    [Fact]
    public void Finds_a_command_that_a_skill_hides()
    {
        Finds("stash-command-shadowed", (1, 1), (".claude/commands/pdf.md", "Body\n"), PdfSkill);
        FindsNothing((".claude/commands/word.md", "Body\n"), PdfSkill);
    }

    [Fact]
    public void Finds_memory_at_the_root_of_a_plugin() => Finds(
        "stash-plugin-memory", (1, 1), ("plugins/git/CLAUDE.md", "Body\n"), ("plugins/git/.claude-plugin/plugin.json", """{"name": "git"}"""));

    [Fact]
    public void Finds_settings_of_a_plugin_that_it_cannot_set()
    {
        var manifest = ("plugins/git/.claude-plugin/plugin.json", """{"name": "git"}""");
        var settings = ("plugins/git/settings.json", """{"subagentStatusLine": {}, "agent": "a", "permissions": {}}""");

        Finds("stash-plugin-settings", (1, 42), settings, manifest);
        FindsNothing(settings);
        FindsNothing(("plugins/git/.claude/settings.json", """{"permissions": {}}"""), manifest);
    }

    [Fact]
    public void Looks_at_every_file_of_a_large_one()
    {
        var files = Enumerable.Range(0, 20_000).Select(number => ($".claude/agents/a{number}.md", $"---\nname: a{number}\ndescription: b\nskills: [x]\n---\nBody\n")).ToArray();

        Assert.Equal(files.Length, Check(files).Count);
    }

    private static void Finds(string code, (int Line, int Column) place, params (string Path, string Text)[] files) =>
        Assert.Equal((files[0].Path, code, place), Check(files).Select(found => (found.Path, found.Finding.Code, (found.Finding.Line, found.Finding.Column))).First());

    private static void FindsNothing(params (string Path, string Text)[] files) => Assert.Empty(Check(files));

    private static List<(string Path, Finding Finding)> Check((string Path, string Text)[] files)
    {
        var checks = files.Select(file => (file.Path, Check: Checker.Check(file.Path, file.Text))).ToList();
        var stash = new StashCheck(checks.Select(file => new StashEntry(file.Path, file.Check.Kind, file.Check.Fields)));

        return [.. checks.SelectMany(file => stash.Check(file.Path, file.Check).Select(finding => (file.Path, finding)))];
    }
}
