namespace PromptStash.Stashes.Validation;

/// <summary>
/// What a stash has, by name. Cases are not told apart: paths are unique in a stash whatever their case, search fields are lower-cased, and a
/// reference in another case is no missing file on half of all machines.
/// </summary>
internal sealed class StashContents
{
    /// <summary>The agents that Claude Code brings along (its documentation of subagents).</summary>
    private static readonly string[] BuiltInAgents = ["general-purpose", "Explore", "Plan", "statusline-setup", "claude-code-guide"];

    private readonly HashSet<string> _paths = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _folders = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _servers = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _skills = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _agents = new(BuiltInAgents, StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(FileKind Kind, string Scope, string Name), int> _named = [];

    public StashContents(IEnumerable<StashEntry> files)
    {
        foreach (var file in files)
        {
            _paths.Add(file.Path);
            for (var folder = FolderOf(file.Path); folder.Length > 0 && _folders.Add(folder);)
            {
                folder = FolderOf(folder);
            }

            _servers.UnionWith(ValuesOf(file, "server="));
            var names = ValuesOf(file, "name=").ToList();
            switch (file.Kind)
            {
                case FileKind.Agent when !AgentPaths.IsCopilots(file.Path):
                    names.ForEach(name => Count(file, name));

                    // A plugin's agent without a name is called by its file's.
                    _agents.UnionWith(names.Count > 0 ? names : [Path.GetFileNameWithoutExtension(file.Path)]);
                    break;
                case FileKind.Command:
                    Count(file, Path.GetFileNameWithoutExtension(file.Path));
                    break;
                case FileKind.Skill when DirectoryOf(file.Path) is { } directory:
                    Count(file, directory);
                    _skills.Add(directory);
                    _skills.UnionWith(names);
                    break;
            }
        }
    }

    public bool HasFile(string path) => _paths.Contains(path);

    public bool HasFolder(string path) => _folders.Contains(path);

    /// <summary>A skill by its directory or name; a plugin's is called plugin:skill.</summary>
    public bool HasSkill(string name) => _skills.Contains(name[(name.LastIndexOf(':') + 1)..]);

    /// <summary>An agent by its name, one of Claude Code's own too; a plugin's is called plugin:agent.</summary>
    public bool HasAgent(string name) => _agents.Contains(name[(name.LastIndexOf(':') + 1)..]);

    /// <summary>A server by its name; a plugin's is called plugin_plugin_server.</summary>
    public bool HasServer(string name) =>
        _servers.Contains(name)
        || (name.StartsWith("plugin_", StringComparison.OrdinalIgnoreCase) && _servers.Any(server => name.EndsWith("_" + server, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether there is a skill of that name where a command lies.</summary>
    public bool HasSkill(string command, string name) => _named.ContainsKey((FileKind.Skill, ScopeOf(command), name.ToLowerInvariant()));

    public bool IsTwice(FileKind kind, string path, string name) => _named.GetValueOrDefault(KeyOf(kind, path, name)) > 1;

    /// <summary>Whether a file lies beside the folder that a plugin's manifest is in.</summary>
    public bool IsAtRootOfPlugin(string path) => _paths.Contains(path[..(path.LastIndexOf('/') + 1)] + ".claude-plugin/plugin.json");

    /// <summary>The folder that a skill is.</summary>
    public static string? DirectoryOf(string path) => FolderOf(path) is { Length: > 0 } folder ? folder[(folder.LastIndexOf('/') + 1)..] : null;

    private void Count(StashEntry file, string name)
    {
        var key = KeyOf(file.Kind, file.Path, name);
        _named[key] = _named.GetValueOrDefault(key) + 1;
    }

    /// <summary>What has to be its own: of a plugin's agents the name with the subfolder, which is part of their ids.</summary>
    private static (FileKind Kind, string Scope, string Name) KeyOf(FileKind kind, string path, string name) =>
        (kind, ScopeOf(path), kind == FileKind.Agent ? $"{AgentPaths.SubfolderOf(path)}:{name.ToLowerInvariant()}" : name.ToLowerInvariant());

    /// <summary>What lies before the folder of agents, skills or commands: one plugin, or one .claude. Only there do names meet.</summary>
    private static string ScopeOf(string path)
    {
        var segments = path.ToLowerInvariant().Split('/');
        var at = Array.FindIndex(segments, segment => segment is "agents" or "skills" or "commands");

        return at < 0 ? "" : string.Join('/', segments[..at]);
    }

    private static IEnumerable<string> ValuesOf(StashEntry file, string prefix) =>
        file.Fields.Where(field => field.StartsWith(prefix, StringComparison.Ordinal)).Select(field => field[prefix.Length..]);

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var at ? path[..at] : "";
}
