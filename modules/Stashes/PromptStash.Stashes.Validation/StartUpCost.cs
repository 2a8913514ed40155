namespace PromptStash.Stashes.Validation;

/// <summary>What Claude Code loads of a file at every start, before anybody has asked for anything.</summary>
public static class StartUpCost
{
    /// <summary>The estimated tokens that a file costs at start-up.</summary>
    /// <param name="path">Where the file lies in its stash.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="name">Its name, as <see cref="FileCheck.Name"/>.</param>
    /// <param name="description">Its description, as <see cref="FileCheck.Description"/>.</param>
    /// <param name="fileTokens">The estimated tokens of the whole file.</param>
    /// <returns>
    /// Agents, skills and commands cost their names and descriptions, of which a skill's or command's is cut off after 1,536 characters; CLAUDE.md and rules
    /// cost all they hold; everything else is read when it is needed.
    /// </returns>
    public static int Of(string path, FileKind kind, string? name, string? description, int fileTokens) => kind switch
    {
        FileKind.Agent => name is null || AgentPaths.IsCopilots(path) ? 0 : TokenEstimate.Count($"{name}: {description}"),
        FileKind.Skill or FileKind.Command => TokenEstimate.Count($"{name}: {Listed(description)}"),
        FileKind.Memory => IsLoaded(path) ? fileTokens : 0,
        FileKind.Rule => path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) && !path.EndsWith(".instructions.md", StringComparison.OrdinalIgnoreCase) ? fileTokens : 0,
        _ => 0,
    };

    /// <summary>The same of a file whose check is not at hand, from the fields that were kept of it.</summary>
    public static int Of(string path, FileKind kind, IEnumerable<string> fields, string? description, int fileTokens) =>
        Of(path, kind, NameIn(path, kind, fields), description, fileTokens);

    /// <summary>The name of a file whose check is not at hand, from what was kept of it; null when Claude Code does not list it.</summary>
    public static string? NameIn(string path, FileKind kind, IEnumerable<string> fields) =>
        fields.FirstOrDefault(field => field.StartsWith("name=", StringComparison.Ordinal))?["name=".Length..] ?? kind switch
        {
            FileKind.Skill => StashContents.DirectoryOf(path),
            FileKind.Command => Path.GetFileNameWithoutExtension(path),
            _ => null,
        };

    private static string? Listed(string? description) =>
        description?.Length > SkillCheck.MaxListed ? description[..SkillCheck.MaxListed] : description;

    /// <summary>Memory at the root or in .claude is loaded at once, that of other folders when Claude Code reads there.</summary>
    private static bool IsLoaded(string path) => path.ToLowerInvariant() is "claude.md" or "claude.local.md" or ".claude/claude.md";
}
