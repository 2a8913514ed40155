using NpgsqlTypes;

namespace PromptStash.Stashes.Data;

/// <summary>What a stash is for.</summary>
public enum StashScope
{
    /// <summary>Personal; visible to its owner only.</summary>
    [PgName("USER")] User,

    /// <summary>The files of one project.</summary>
    [PgName("PROJECT")] Project,

    /// <summary>One plugin.</summary>
    [PgName("PLUGIN")] Plugin,

    /// <summary>A plugin marketplace.</summary>
    [PgName("MARKETPLACE")] Marketplace,
}

/// <summary>The syntax of a file.</summary>
internal enum FileType
{
    /// <summary>Agents, skills, commands.</summary>
    [PgName("MARKDOWN")] Markdown,

    /// <summary>MCP configurations, hooks, settings, manifests.</summary>
    [PgName("JSON")] Json,

    /// <summary>Session logs.</summary>
    [PgName("JSONL")] Jsonl,

    /// <summary>Configuration files.</summary>
    [PgName("YAML")] Yaml,

    /// <summary>Anything else that is text: a skill is a folder that carries scripts.</summary>
    [PgName("TEXT")] Text,
}

/// <summary>What a file is to a coding agent.</summary>
public enum FileKind
{
    /// <summary>A subagent: <c>.claude/agents/**/*.md</c>.</summary>
    [PgName("AGENT")] Agent,

    /// <summary>A skill's main file: <c>SKILL.md</c>.</summary>
    [PgName("SKILL")] Skill,

    /// <summary>A slash command: <c>.claude/commands/**/*.md</c>.</summary>
    [PgName("COMMAND")] Command,

    /// <summary>A plugin's <c>hooks/hooks.json</c>.</summary>
    [PgName("HOOKS")] Hooks,

    /// <summary><c>.claude/settings.json</c>, <c>.claude/settings.local.json</c>.</summary>
    [PgName("SETTINGS")] Settings,

    /// <summary>MCP servers: <c>.mcp.json</c>.</summary>
    [PgName("MCP")] Mcp,

    /// <summary>A session log: <c>*.jsonl</c>.</summary>
    [PgName("SESSION")] Session,

    /// <summary>A plugin's manifest: <c>.claude-plugin/plugin.json</c>.</summary>
    [PgName("PLUGIN")] Plugin,

    /// <summary>A marketplace's manifest: <c>.claude-plugin/marketplace.json</c>.</summary>
    [PgName("MARKETPLACE")] Marketplace,

    /// <summary>A rule: <c>.claude/rules/**/*.md</c>, <c>.cursor/rules/*.mdc</c>.</summary>
    [PgName("RULE")] Rule,

    /// <summary>Memory: <c>CLAUDE.md</c>, <c>AGENTS.md</c> and the like.</summary>
    [PgName("MEMORY")] Memory,

    /// <summary>An output style: <c>output-styles/*.md</c>.</summary>
    [PgName("OUTPUT_STYLE")] OutputStyle,

    /// <summary>Everything else: scripts, references, documents.</summary>
    [PgName("OTHER")] Other,
}
