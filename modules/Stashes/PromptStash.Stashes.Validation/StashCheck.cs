namespace PromptStash.Stashes.Validation;

/// <summary>What has to be known of every file of a stash to tell whether something is missing.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Fields">What it can be found by: <see cref="FileCheck.Fields"/>.</param>
public sealed record StashEntry(string Path, FileKind Kind, IReadOnlyList<string> Fields);

/// <summary>A file of a stash, checked.</summary>
public sealed record CheckedFile(string Path, FileCheck Check);

/// <summary>A finding, and the file that it is about.</summary>
public sealed record StashFinding(string Path, Finding Finding);

/// <summary>Checks what the files of a stash say of one another.</summary>
public static class StashCheck
{
    /// <summary>Finds references to what is not there, and names that are there twice.</summary>
    /// <param name="stash">All files of the stash: one that is left out counts as missing.</param>
    /// <param name="files">The files whose findings are wanted, checked.</param>
    /// <returns>The findings by path, then by line and column.</returns>
    public static IReadOnlyList<StashFinding> Check(IReadOnlyCollection<StashEntry> stash, IEnumerable<CheckedFile> files)
    {
        var contents = new StashContents(stash);

        return
        [
            .. files
                .SelectMany(file => Check(contents, file))
                .OrderBy(found => found.Path, StringComparer.Ordinal)
                .ThenBy(found => found.Finding.Line)
                .ThenBy(found => found.Finding.Column)
                .ThenBy(found => found.Finding.Code, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<StashFinding> Check(StashContents stash, CheckedFile file)
    {
        foreach (var missing in file.Check.References.Select(reference => Missing(stash, file, reference)).OfType<StashFinding>())
        {
            yield return missing;
        }

        switch (file.Check.Kind)
        {
            case FileKind.Agent when file.Check.Name is { } name && stash.IsTwice(FileKind.Agent, file.Path, name):
                yield return At(file, FindingCodes.StashAgentDuplicate, 1, 1, $"Another agent is named `{Shown.Short(name)}` too.");
                break;
            case FileKind.Skill when StashContents.DirectoryOf(file.Path) is { } directory && stash.IsTwice(FileKind.Skill, file.Path, directory):
                yield return At(file, FindingCodes.StashSkillDuplicate, 1, 1, $"Another skill lies in a directory `{Shown.Short(directory)}` too.");
                break;
            case FileKind.Command when stash.HasSkill(file.Path, Path.GetFileNameWithoutExtension(file.Path)):
                yield return At(file, FindingCodes.StashCommandShadowed, 1, 1, "A skill has the command's name.");
                break;
            case FileKind.Memory when stash.IsRootOfPlugin(file.Path):
                yield return At(file, FindingCodes.StashPluginMemory, 1, 1, "The file lies at the root of a plugin.");
                break;
        }
    }

    private static StashFinding? Missing(StashContents stash, CheckedFile file, Reference reference)
    {
        var shown = Shown.Short(reference.Target, 120);
        return reference.Kind switch
        {
            ReferenceKind.Skill when !stash.HasSkill(reference.Target) =>
                At(file, FindingCodes.StashSkillMissing, reference, $"The skill `{shown}` is named here."),
            ReferenceKind.Server when !stash.HasServer(reference.Target) =>
                At(file, FindingCodes.StashServerMissing, reference, $"The MCP server `{shown}` is named here."),
            ReferenceKind.Script when !stash.HasFile(reference.Target) => At(file, FindingCodes.StashScriptMissing, reference, $"`{shown}` is run here."),
            ReferenceKind.Link when !stash.HasFile(reference.Target) => At(file, FindingCodes.StashLinkMissing, reference, $"`{shown}` is linked here."),
            ReferenceKind.Import when !stash.HasFile(reference.Target) => At(file, FindingCodes.StashImportMissing, reference, $"`{shown}` is imported here."),
            ReferenceKind.Plugin when !stash.HasFolder(reference.Target) => At(file, FindingCodes.StashPluginMissing, reference, $"A plugin comes from `{shown}`."),
            _ => null,
        };
    }

    private static StashFinding At(CheckedFile file, FindingCode code, Reference reference, string message) => At(file, code, reference.Line, reference.Column, message);

    private static StashFinding At(CheckedFile file, FindingCode code, int line, int column, string message) =>
        new(file.Path, new Finding(code.Code, code.Severity, $"{message} {code.Effect}", line, column, Fix: null));
}
