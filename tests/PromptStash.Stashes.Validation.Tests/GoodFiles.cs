namespace PromptStash.Stashes.Validation.Tests;

/// <summary>Files as Claude Code's documentation asks for them, one at least of each kind.</summary>
public static class GoodFiles
{
    public static readonly IReadOnlyList<(string Path, string Text)> All =
    [
        (".claude/agents/code-reviewer.md", "---\nname: code-reviewer\ndescription: \"Reviews changes: use it after every edit\"\ntools: Read, Grep, Bash, mcp__docs__*\nmodel: claude-opus-4-1\npermissionMode: plan\nmaxTurns: 20\nskills:\n  - pdf\nmemory: project\ncolor: cyan\n---\nRead the diff first.\n"),
        ("plugins/review/agents/reviewer.md", "---\r\nname: reviewer\r\ndescription: Reviews\r\ntools: [Read, 'Grep']\r\n---\r\nRead the diff first.\r\n"),
        (".claude/skills/pdf/SKILL.md", "---\nname: pdf\ndescription: >\n  Fills forms\n  and merges documents.\nlicense: MIT\nallowed-tools: Read Bash(pdftk:*)\nmetadata:\n  author: Ada\n---\n# PDF\n\nRun `scripts/fill.py`, see [forms](references/forms.md).\n"),
        (".claude/commands/git/commit.md", "---\ndescription: Commits what is staged\nargument-hint: \"[message]\"\nallowed-tools: Bash(git add:*), Bash(git commit:*)\nmodel: haiku\n---\nCommit with the message $ARGUMENTS.\n"),
        (".claude/commands/plain.md", "Say what changed.\n"),
        ("plugins/git/hooks/hooks.json", """{"description": "Formats", "hooks": {"PostToolUse": [{"matcher": "Edit|Write", "hooks": [{"type": "command", "command": "${CLAUDE_PLUGIN_ROOT}/hooks/format.sh", "timeout": 30}]}], "Stop": [{"hooks": [{"type": "prompt", "prompt": "Done?"}]}]}}"""),
        (".claude/settings.json", """{"permissions": {"allow": ["Read", "Bash(git diff:*)"], "deny": ["Read(./.env)"], "defaultMode": "acceptEdits"}, "env": {"NODE_ENV": "test"}, "hooks": {"SessionStart": [{"matcher": "startup|resume", "hooks": [{"type": "command", "command": "date"}]}]}}"""),
        (".mcp.json", """{"mcpServers": {"docs": {"type": "http", "url": "https://docs.example.com/mcp", "headers": {"Authorization": "Bearer ${DOCS_TOKEN}"}}, "db": {"command": "npx", "args": ["-y", "db-server"], "env": {"DB_URL": "${DB_URL:-postgres://localhost/app}"}}}}"""),
        ("projects/-src/one.jsonl", "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"Hello\"}}\n{\"type\":\"summary\",\"summary\":\"Greets\"}\n"),
        (".claude-plugin/plugin.json", """{"name": "git-tools", "version": "1.2.0", "description": "Git", "author": {"name": "Ada", "email": "ada@example.com"}, "keywords": ["git"], "commands": ["./commands/extra.md"], "mcpServers": "./.mcp.json"}"""),
        (".claude-plugin/marketplace.json", """{"name": "team-tools", "owner": {"name": "Ada"}, "metadata": {"description": "Tools"}, "plugins": [{"name": "git-tools", "source": "./plugins/git", "category": "git", "strict": true}, {"name": "docs", "source": {"source": "github", "repo": "ada/docs", "ref": "main"}}]}"""),
        ("CLAUDE.md", "# Project\n\nRun the tests before you commit. See @docs/style.md.\n"),
        (".claude/rules/testing.md", "---\npaths:\n  - \"**/*Tests.cs\"\n---\nOne reason to fail each.\n"),
        (".cursor/rules/style.mdc", "---\ndescription: Style\nglobs: \"*.cs,*.csx\"\nalwaysApply: false\n---\nBe brief.\n"),
        (".claude/output-styles/terse.md", "---\nname: Terse\ndescription: Few words\n---\nBe brief.\n"),
        ("scripts/build.sh", "#!/bin/sh\ncurl -fsSLo tool.tgz https://example.com/tool.tgz && tar xf tool.tgz\n"),
        (".github/agents/planner.agent.md", "---\ndescription: Plans\nmodel: GPT-5\ntools: ['search', 'fetch']\nhandoffs:\n  - label: Start\n---\nPlan first.\n"),
        (".vscode/mcp.json", """{"servers": {"docs": {"type": "http", "url": "https://docs.example.com/mcp"}, "my db": {"command": "npx", "envFile": ".env"}}, "inputs": []}"""),
        ("empty.txt", ""),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, All.Count)];
}
