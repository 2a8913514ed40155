namespace PromptStash.Stashes.Validation;

/// <summary>Whose agent a file is, which only its path tells.</summary>
internal static class AgentPaths
{
    private const string CopilotEnding = ".agent.md";

    /// <summary>Whether an agent comes with a plugin: it lies in a folder 'agents' that is no settings folder's, such as .claude; the plugin may be the stash itself.</summary>
    public static bool IsPlugins(string path) => SubfolderOf(path) is not null;

    /// <summary>Whether an agent is one of GitHub Copilot's, which Claude Code does not read.</summary>
    public static bool IsCopilots(string path)
    {
        var folders = path.ToLowerInvariant().Split('/')[..^1];

        return folders.Contains(".github") && path.EndsWith(CopilotEnding, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What lies between a plugin's folder 'agents' and the file, which is part of the agent's id; null when it is no plugin's.</summary>
    public static string? SubfolderOf(string path)
    {
        var folders = path.ToLowerInvariant().Split('/')[..^1];
        var agents = Array.LastIndexOf(folders, "agents");

        return agents >= 0 && !folders.Take(agents).Any(folder => folder.StartsWith('.')) ? string.Join(':', folders.Skip(agents + 1)) : null;
    }
}
