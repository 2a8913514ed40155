namespace PromptStash.Stashes.Validation;

/// <summary>What has to be known of every file of a stash to tell whether something is missing.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Fields">What it can be found by: <see cref="FileCheck.Fields"/>.</param>
public sealed record StashEntry(string Path, FileKind Kind, IReadOnlyList<string> Fields);

/// <summary>Checks what a file says of the others in its stash.</summary>
/// <param name="stash">All files of the stash: one that is left out counts as missing.</param>
public sealed class StashCheck(IEnumerable<StashEntry> stash)
{
    private readonly StashContents _stash = new(stash);

    /// <summary>Finds what a file names and the stash does not have, and what the stash has twice.</summary>
    /// <param name="path">Where the file lies in the stash.</param>
    /// <param name="check">What its own check found.</param>
    /// <returns>The findings by line and column; those of the file alone are not among them.</returns>
    public IReadOnlyList<Finding> Check(string path, FileCheck check) =>
    [
        .. check.References.Select(reference => Missing(path, reference)).Append(Clash(path, check)).OfType<Finding>()
            .OrderBy(finding => finding.Line)
            .ThenBy(finding => finding.Column)
            .ThenBy(finding => finding.Code, StringComparer.Ordinal),
    ];

    private Finding? Clash(string path, FileCheck check) => check.Kind switch
    {
        FileKind.Agent when !AgentPaths.IsCopilots(path) && check.Name is { } name && _stash.IsTwice(FileKind.Agent, path, name) =>
            At(FindingCodes.StashAgentDuplicate, 1, 1, $"Another agent is named `{Shown.Short(name)}` too."),
        FileKind.Skill when StashContents.DirectoryOf(path) is { } directory && _stash.IsTwice(FileKind.Skill, path, directory) =>
            At(FindingCodes.StashSkillDuplicate, 1, 1, $"Another skill lies in a directory `{Shown.Short(directory)}` too."),
        FileKind.Command when _stash.HasSkill(path, Path.GetFileNameWithoutExtension(path)) =>
            At(FindingCodes.StashCommandShadowed, 1, 1, "A skill has the command's name."),
        FileKind.Command when _stash.IsTwice(FileKind.Command, path, Path.GetFileNameWithoutExtension(path)) =>
            At(FindingCodes.StashCommandDuplicate, 1, 1, $"Another command lies in a file `{Shown.Short(Path.GetFileName(path))}` too."),
        FileKind.Memory when path.EndsWith("CLAUDE.md", StringComparison.OrdinalIgnoreCase) && _stash.IsAtRootOfPlugin(path) =>
            At(FindingCodes.StashPluginMemory, 1, 1, "The file lies at the root of a plugin."),
        _ => null,
    };

    private Finding? Missing(string path, Reference reference)
    {
        var shown = Shown.Short(reference.Target, 120);
        return reference.Kind switch
        {
            ReferenceKind.Skill when !_stash.HasSkill(reference.Target) =>
                At(FindingCodes.StashSkillMissing, reference, $"The skill `{shown}` is named here."),
            ReferenceKind.Agent when !_stash.HasAgent(reference.Target) =>
                At(FindingCodes.StashAgentMissing, reference, $"The agent `{shown}` is named here."),
            ReferenceKind.Server when !_stash.HasServer(reference.Target) =>
                At(FindingCodes.StashServerMissing, reference, $"The MCP server `{shown}` is named here."),
            ReferenceKind.Script when !_stash.HasFile(reference.Target) => At(FindingCodes.StashScriptMissing, reference, $"`{shown}` is run here."),
            ReferenceKind.Link when !_stash.HasFile(reference.Target) => At(FindingCodes.StashLinkMissing, reference, $"`{shown}` is linked here."),
            ReferenceKind.Import when !_stash.HasFile(reference.Target) => At(FindingCodes.StashImportMissing, reference, $"`{shown}` is imported here."),
            ReferenceKind.Plugin when !_stash.HasFolder(reference.Target) => At(FindingCodes.StashPluginMissing, reference, $"A plugin comes from `{shown}`."),
            ReferenceKind.Setting when _stash.IsAtRootOfPlugin(path) => At(FindingCodes.StashPluginSettings, reference, $"`{shown}` is set here."),
            _ => null,
        };
    }

    private static Finding At(FindingCode code, Reference reference, string message) => At(code, reference.Line, reference.Column, message);

    private static Finding At(FindingCode code, int line, int column, string message) => new(code.Code, code.Severity, $"{message} {code.Effect}", line, column, Fix: null);
}
