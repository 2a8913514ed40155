using System.Text.Json;

namespace PromptStash.Stashes.Validation;

/// <summary>Tells what a file is from where it lies and, where that says nothing, from what it holds.</summary>
/// <remarks>
/// The places are those that coding agents read: Claude Code's documentation on subagents, skills, slash commands, hooks, settings, MCP,
/// memory, output styles and plugins; Cursor's on rules; the AGENTS.md convention.
/// </remarks>
public static class FileRecognition
{
    /// <summary>The syntax, from the file name's ending.</summary>
    public static FileType TypeOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".MD" or ".MDC" or ".MARKDOWN" => FileType.Markdown,
        ".JSON" => FileType.Json,
        ".JSONL" => FileType.Jsonl,
        ".YAML" or ".YML" => FileType.Yaml,
        _ => FileType.Text,
    };

    /// <summary>The kind, from path and content.</summary>
    public static FileKind KindOf(string path, string content)
    {
        var segments = path.ToLowerInvariant().Split('/');
        var name = segments[^1];
        var folders = segments.AsSpan(..^1);
        var folder = folders.Length > 0 ? folders[^1] : "";

        return TypeOf(path) switch
        {
            FileType.Markdown => KindOfMarkdown(name, folder, folders, content),
            FileType.Json => KindOfJson(name, folder, folders, content),
            FileType.Jsonl => IsInsideSkill(folders) ? FileKind.Other : FileKind.Session,
            _ => name == ".cursorrules" ? FileKind.Rule : FileKind.Other,
        };
    }

    private static FileKind KindOfMarkdown(string name, string folder, ReadOnlySpan<string> folders, string content)
    {
        switch (name)
        {
            case "skill.md":
                return FileKind.Skill;
            case "claude.md" or "claude.local.md" or "agents.md" or "gemini.md" or "copilot-instructions.md":
                return FileKind.Memory;
        }

        if (name.EndsWith(".mdc", StringComparison.Ordinal) || name.EndsWith(".instructions.md", StringComparison.Ordinal))
        {
            return FileKind.Rule;
        }

        // What lies inside a skill belongs to the skill, whatever its folder is called: skills/x/agents/y.md is a reference.
        if (IsInsideSkill(folders))
        {
            return FileKind.Other;
        }

        // Agents, commands and rules are found in subfolders too, so the innermost folder with a meaning decides.
        for (var i = folders.Length - 1; i >= 0; i--)
        {
            switch (folders[i])
            {
                case "agents":
                    return FileKind.Agent;
                case "commands":
                    return FileKind.Command;
                case "output-styles":
                    return FileKind.OutputStyle;
                // At the root too: somebody stashed the inside of a .claude folder.
                case "rules" when i == 0 || folders[i - 1].StartsWith('.'):
                    return FileKind.Rule;
            }
        }

        // A loose file: a subagent is the only one of them that must have both a name and a description.
        return folder.Length == 0 && FrontMatterKeys(content) is var keys && keys.Contains("name") && keys.Contains("description")
            ? FileKind.Agent
            : FileKind.Other;
    }

    /// <summary>Below a folder of a folder 'skills'. A plugin may be called 'skills' itself: then what follows are a plugin's own folders.</summary>
    private static bool IsInsideSkill(ReadOnlySpan<string> folders)
    {
        for (var i = 0; i < folders.Length - 1; i++)
        {
            if (folders[i] == "skills" && folders[i + 1] is not ("agents" or "commands" or "hooks" or "skills" or "output-styles" or ".claude-plugin"))
            {
                return true;
            }
        }

        return false;
    }

    private static FileKind KindOfJson(string name, string folder, ReadOnlySpan<string> folders, string content) => (folder, name) switch
    {
        (".claude-plugin", "plugin.json") => FileKind.Plugin,
        (".claude-plugin", "marketplace.json") => FileKind.Marketplace,
        ("hooks", "hooks.json") => FileKind.Hooks,
        (".claude" or "", "settings.json" or "settings.local.json") => FileKind.Settings,
        (_, ".mcp.json" or "mcp.json") => FileKind.Mcp,
        _ => IsInsideSkill(folders) ? FileKind.Other : KindOfJsonContent(content),
    };

    private static FileKind KindOfJsonContent(string content)
    {
        var keys = TopLevelKeys(content);

        return keys.Contains("mcpServers") ? FileKind.Mcp
            : keys.Contains("permissions") || keys.Contains("subagentStatusLine") ? FileKind.Settings
            : keys.Contains("hooks") ? FileKind.Hooks
            : FileKind.Other;
    }

    /// <summary>The keys of a JSON object that hold objects, as those of agents' configurations do; none when the text is no JSON object.</summary>
    private static HashSet<string> TopLevelKeys(string content)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(content.TrimStart('\uFEFF'));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                keys.UnionWith(document.RootElement.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object).Select(property => property.Name));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A draft that does not parse yet is still a file; it is of no special kind. So is one with a key like "\ud800", half a character.
        }

        return keys;
    }

    /// <summary>The top-level keys between the leading '---' lines. Good enough to tell kinds apart; checking is the validator's work.</summary>
    private static HashSet<string> FrontMatterKeys(string content)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        using var reader = new StringReader(content.TrimStart('\uFEFF'));
        if (reader.ReadLine()?.TrimEnd() != "---")
        {
            return keys;
        }

        while (reader.ReadLine() is { } line)
        {
            if (line.TrimEnd() == "---")
            {
                return keys;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && !char.IsWhiteSpace(line[0]))
            {
                keys.Add(line[..colon].TrimEnd());
            }
        }

        // Without a closing line it is no front matter.
        return [];
    }
}
