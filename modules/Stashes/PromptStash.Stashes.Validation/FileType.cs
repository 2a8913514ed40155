namespace PromptStash.Stashes.Validation;

/// <summary>The syntax of a file.</summary>
public enum FileType
{
    /// <summary>Agents, skills, commands.</summary>
    Markdown,

    /// <summary>MCP configurations, hooks, settings, manifests.</summary>
    Json,

    /// <summary>Session logs.</summary>
    Jsonl,

    /// <summary>Configuration files.</summary>
    Yaml,

    /// <summary>Anything else that is text: a skill is a folder that carries scripts.</summary>
    Text,
}
