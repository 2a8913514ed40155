namespace PromptStash.Stashes.Validation;

/// <summary>A file of a stash, checked.</summary>
public sealed record CheckedFile(string Path, FileCheck Check);

/// <summary>A finding, and the file that it is about.</summary>
public sealed record StashFinding(string Path, Finding Finding);

/// <summary>Checks what the files of a stash say of one another.</summary>
public static class StashCheck
{
    /// <summary>Finds references to what is not there, and names that are there twice.</summary>
    /// <param name="files">All files of the stash: one that is left out counts as missing.</param>
    /// <returns>The findings by path, then by line and column.</returns>
    public static IReadOnlyList<StashFinding> Check(IReadOnlyCollection<CheckedFile> files)
    {
        var stash = new Contents(files);
        var findings = new List<StashFinding>();
        foreach (var file in files)
        {
            findings.AddRange(file.Check.References.Select(reference => Missing(stash, file, reference)).OfType<StashFinding>());
        }

        findings.AddRange(Duplicates(files, FileKind.Agent, FindingCodes.StashAgentDuplicate, file => file.Check.Name, name => $"Another agent is named `{name}` too."));
        findings.AddRange(Duplicates(files, FileKind.Skill, FindingCodes.StashSkillDuplicate, file => DirectoryOf(file.Path), name => $"Another skill lies in a directory `{name}` too."));
        findings.AddRange(Shadowed(files));
        findings.AddRange(files
            .Where(file => file.Check.Kind == FileKind.Memory && NameOf(file.Path).Equals("CLAUDE.md", StringComparison.OrdinalIgnoreCase)
                && stash.Paths.Contains(Join(FolderOf(file.Path), ".claude-plugin/plugin.json")))
            .Select(file => At(file, FindingCodes.StashPluginMemory, 1, 1, "The file lies at the root of a plugin.")));

        return
        [
            .. findings
                .OrderBy(found => found.Path, StringComparer.Ordinal)
                .ThenBy(found => found.Finding.Line)
                .ThenBy(found => found.Finding.Column)
                .ThenBy(found => found.Finding.Code, StringComparer.Ordinal),
        ];
    }

    private static StashFinding? Missing(Contents stash, CheckedFile file, Reference reference)
    {
        var shown = Shown.Short(reference.Target, 120);
        return reference.Kind switch
        {
            // A plugin's skill is plugin:skill.
            ReferenceKind.Skill when !stash.Skills.Contains(reference.Target[(reference.Target.LastIndexOf(':') + 1)..]) =>
                At(file, FindingCodes.StashSkillMissing, reference, $"The skill `{shown}` is named here."),

            // A plugin's server is plugin_<plugin>_<server>.
            ReferenceKind.Server when !stash.Servers.Contains(reference.Target) && !stash.Servers.Any(server => reference.Target.StartsWith("plugin_", StringComparison.Ordinal) && reference.Target.EndsWith("_" + server, StringComparison.Ordinal)) =>
                At(file, FindingCodes.StashServerMissing, reference, $"The MCP server `{shown}` is named here."),
            ReferenceKind.Script when !stash.Paths.Contains(reference.Target) => At(file, FindingCodes.StashScriptMissing, reference, $"`{shown}` is run here."),
            ReferenceKind.Link when !stash.Paths.Contains(reference.Target) => At(file, FindingCodes.StashLinkMissing, reference, $"`{shown}` is linked here."),
            ReferenceKind.Import when !stash.Paths.Contains(reference.Target) => At(file, FindingCodes.StashImportMissing, reference, $"`{shown}` is imported here."),
            ReferenceKind.Plugin when !stash.Folders.Contains(reference.Target) => At(file, FindingCodes.StashPluginMissing, reference, $"A plugin comes from `{shown}`."),
            _ => null,
        };
    }

    private static IEnumerable<StashFinding> Duplicates(
        IEnumerable<CheckedFile> files, FileKind kind, FindingCode code, Func<CheckedFile, string?> nameOf, Func<string, string> message) =>
        files.Where(file => file.Check.Kind == kind && nameOf(file) is not null)
            .GroupBy(file => (Scope: ScopeOf(file.Path), Name: nameOf(file)!))
            .Where(same => same.Count() > 1)
            .SelectMany(same => same.Select(file => At(file, code, 1, 1, message(Shown.Short(same.Key.Name)))));

    private static IEnumerable<StashFinding> Shadowed(IReadOnlyCollection<CheckedFile> files)
    {
        var skills = files.Where(file => file.Check.Kind == FileKind.Skill).Select(file => (ScopeOf(file.Path), DirectoryOf(file.Path))).ToHashSet();

        return files
            .Where(file => file.Check.Kind == FileKind.Command && skills.Contains((ScopeOf(file.Path), Path.GetFileNameWithoutExtension(file.Path))))
            .Select(file => At(file, FindingCodes.StashCommandShadowed, 1, 1, "A skill has the command's name."));
    }

    /// <summary>What lies before the folder of agents, skills or commands: one plugin, or one .claude. Only there do names meet.</summary>
    private static string ScopeOf(string path)
    {
        var segments = path.Split('/');
        var at = Array.FindIndex(segments, segment => segment is "agents" or "skills" or "commands");

        return at < 0 ? "" : string.Join('/', segments[..at]);
    }

    private static StashFinding At(CheckedFile file, FindingCode code, Reference reference, string message) => At(file, code, reference.Line, reference.Column, message);

    private static StashFinding At(CheckedFile file, FindingCode code, int line, int column, string message) =>
        new(file.Path, new Finding(code.Code, code.Severity, $"{message} {code.Effect}", line, column, Fix: null));

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var at ? path[..at] : "";

    private static string? DirectoryOf(string path) => FolderOf(path) is { Length: > 0 } folder ? NameOf(folder) : null;

    private static string Join(string folder, string path) => folder.Length == 0 ? path : $"{folder}/{path}";

    private sealed class Contents
    {
        public Contents(IReadOnlyCollection<CheckedFile> files)
        {
            foreach (var file in files)
            {
                Paths.Add(file.Path);
                for (var folder = FolderOf(file.Path); folder.Length > 0 && Folders.Add(folder);)
                {
                    folder = FolderOf(folder);
                }

                Servers.UnionWith(file.Check.Servers);
                if (file.Check.Kind == FileKind.Skill)
                {
                    Skills.UnionWith(new[] { DirectoryOf(file.Path), file.Check.Name }.OfType<string>());
                }
            }
        }

        /// <summary>Paths are unique in a stash whatever their case, so a reference in another case still finds its file on some machines.</summary>
        public HashSet<string> Paths { get; } = new(StringComparer.OrdinalIgnoreCase);

        public HashSet<string> Folders { get; } = new(StringComparer.OrdinalIgnoreCase);

        public HashSet<string> Servers { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Skills { get; } = new(StringComparer.Ordinal);
    }
}
