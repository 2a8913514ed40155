namespace PromptStash.Stashes.Templates;

/// <summary>A file to begin with: what it holds is complete, and has no finding.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">Where Claude Code looks for such a file.</param>
/// <param name="Title">What it is for, in a few words.</param>
/// <param name="Content">The text.</param>
internal sealed record FileTemplate(FileKind Kind, string Path, string Title, string Content)
{
    /// <summary>One of each kind that is written by hand.</summary>
    public static IReadOnlyList<FileTemplate> All { get; } =
    [
        new(FileKind.Agent, ".claude/agents/code-reviewer.md", "An agent that only reads", """
            ---
            name: code-reviewer
            description: Reviews a change for mistakes. Use after code was written or changed.
            tools: Read, Grep, Glob
            model: inherit
            ---

            You review changes to code.

            1. Read what was changed, and what calls it.
            2. Look for mistakes first, for style last.
            3. Answer with a list, the worst first: file and line, what goes wrong, and how to mend it.

            Say so when you find nothing.

            """),
        new(FileKind.Skill, ".claude/skills/release-notes/SKILL.md", "A skill", """
            ---
            name: release-notes
            description: Writes release notes from the commits since the last tag. Use when a release is prepared.
            ---

            # Release notes

            1. List the commits since the last tag.
            2. Leave out what users cannot notice.
            3. Write one line for each change, in the words of a user, under Added, Changed or Fixed.

            """),
        new(FileKind.Command, ".claude/commands/explain.md", "A command with an argument", """
            ---
            description: Explain a file to somebody who sees it for the first time
            argument-hint: [file]
            ---

            Explain $ARGUMENTS to somebody who sees it for the first time: what it is for, how it works, and what to be careful with.

            """),
        new(FileKind.Hooks, "hooks/hooks.json", "The hooks of a plugin", """
            {
              "hooks": {
                "PostToolUse": [
                  {
                    "matcher": "Edit|Write",
                    "hooks": [
                      {
                        "type": "command",
                        "command": "npm run --silent format",
                        "timeout": 30
                      }
                    ]
                  }
                ]
              }
            }

            """),
        new(FileKind.Settings, ".claude/settings.json", "The settings of a project", """
            {
              "permissions": {
                "allow": ["Bash(npm test:*)"],
                "deny": ["Read(./.env)", "Read(./secrets/**)"]
              },
              "env": {
                "NODE_ENV": "development"
              }
            }

            """),
        new(FileKind.Mcp, ".mcp.json", "A server over HTTP, with its key from the environment", """
            {
              "mcpServers": {
                "docs": {
                  "type": "http",
                  "url": "https://docs.example.com/mcp",
                  "headers": {
                    "Authorization": "Bearer ${DOCS_TOKEN}"
                  }
                }
              }
            }

            """),
        new(FileKind.Plugin, ".claude-plugin/plugin.json", "The manifest of a plugin", """
            {
              "name": "team-tools",
              "version": "1.0.0",
              "description": "What our team uses every day",
              "author": {
                "name": "Our team"
              }
            }

            """),
        new(FileKind.Marketplace, ".claude-plugin/marketplace.json", "A marketplace with one plugin beside it", """
            {
              "name": "our-plugins",
              "owner": {
                "name": "Our team"
              },
              "description": "What our team uses",
              "plugins": [
                {
                  "name": "team-tools",
                  "source": "./plugins/team-tools",
                  "description": "What our team uses every day"
                }
              ]
            }

            """),
        new(FileKind.Rule, ".claude/rules/tests.md", "A rule for some files", """
            ---
            paths:
              - "tests/**"
            ---

            # Tests

            - A test has one reason to fail, and its name says which.
            - No test waits for a fixed time.

            """),
        new(FileKind.Memory, "CLAUDE.md", "What Claude Code reads at every start", """
            # Our project

            - Build with `npm run build`, test with `npm test`. Run both before you commit.
            - The code is below `src`, one folder for each subject.
            - Ask before you add a dependency.

            """),
        new(FileKind.OutputStyle, ".claude/output-styles/teacher.md", "Another way of answering", """
            ---
            name: Teacher
            description: Explains why, and leaves a small part for you to do
            ---

            Explain why you do what you do. Where a decision is interesting, leave those few lines to the user and say what to think of.

            """),
    ];
}
