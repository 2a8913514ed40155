namespace PromptStash.Stashes.Validation;

/// <summary>What a file is to a coding agent.</summary>
public enum FileKind
{
    /// <summary>A subagent: <c>.claude/agents/**/*.md</c>.</summary>
    Agent,

    /// <summary>A skill's main file: <c>SKILL.md</c>.</summary>
    Skill,

    /// <summary>A slash command: <c>.claude/commands/**/*.md</c>.</summary>
    Command,

    /// <summary>A plugin's <c>hooks/hooks.json</c>.</summary>
    Hooks,

    /// <summary><c>.claude/settings.json</c>, <c>.claude/settings.local.json</c>.</summary>
    Settings,

    /// <summary>MCP servers: <c>.mcp.json</c>.</summary>
    Mcp,

    /// <summary>A session log: <c>*.jsonl</c>.</summary>
    Session,

    /// <summary>A plugin's manifest: <c>.claude-plugin/plugin.json</c>.</summary>
    Plugin,

    /// <summary>A marketplace's manifest: <c>.claude-plugin/marketplace.json</c>.</summary>
    Marketplace,

    /// <summary>A rule: <c>.claude/rules/**/*.md</c>, <c>.cursor/rules/*.mdc</c>.</summary>
    Rule,

    /// <summary>Memory: <c>CLAUDE.md</c>, <c>AGENTS.md</c> and the like.</summary>
    Memory,

    /// <summary>An output style: <c>output-styles/*.md</c>.</summary>
    OutputStyle,

    /// <summary>Everything else: scripts, references, documents.</summary>
    Other,
}
