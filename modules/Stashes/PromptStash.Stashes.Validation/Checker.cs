namespace PromptStash.Stashes.Validation;

/// <summary>What a check of a file found, and what it read on the way.</summary>
/// <param name="Kind">What the file is.</param>
/// <param name="Findings">
/// The findings in the order of the text, at most 200 and one that says that there are more. Those left out are never graver than those that are not.
/// </param>
/// <param name="Name">What Claude Code calls it: the name in the front matter or manifest, a skill's directory, a command's file name; null when it has none.</param>
/// <param name="Description">The description in the front matter or manifest, or the first paragraph of a skill or command; null when it has none.</param>
/// <param name="Fields">What can be searched for, as lower-cased <c>key=value</c>, sorted: <c>model=opus</c>, <c>tools=bash</c>, <c>event=pretooluse</c>, <c>server=github</c>.</param>
public sealed record FileCheck(FileKind Kind, IReadOnlyList<Finding> Findings, string? Name, string? Description, IReadOnlyList<string> Fields)
{
    internal IReadOnlyList<Reference> References { get; init; } = [];

    /// <summary>How many findings of a severity there are.</summary>
    public int Count(Severity severity) => Findings.Count(finding => finding.Severity == severity);
}

/// <summary>
/// Checks files against the rules of those who read them. Pure: the same text gives the same findings, in time that grows with its length, and
/// no text makes it fail.
/// </summary>
public static class Checker
{
    /// <summary>Changes whenever a rule does, so that what was stored of a check can be told from what a new one would find.</summary>
    public const int RulesVersion = 3;

    /// <summary>How many findings of a file are told, the gravest if there are others; one more says so.</summary>
    public const int MaxFindings = Report.MaxFindings;

    /// <summary>Checks one file.</summary>
    /// <param name="path">Where it lies in its stash, such as <c>.claude/agents/code-reviewer.md</c>.</param>
    /// <param name="content">Its text, with line ends and byte order mark as they are.</param>
    /// <param name="kind">What it is; found from path and content when null.</param>
    public static FileCheck Check(string path, string content, FileKind? kind = null)
    {
        var report = new Report(path, content, kind ?? FileRecognition.KindOf(path, content));
        switch (report.Kind)
        {
            case FileKind.Agent:
                AgentCheck.Check(report);
                break;
            case FileKind.Skill or FileKind.Command:
                SkillCheck.Check(report);
                break;
            case FileKind.Rule:
                RuleCheck.Check(report);
                break;
            case FileKind.OutputStyle:
                OutputStyleCheck.Check(report);
                break;
            case FileKind.Memory:
                MemoryCheck.Check(report);
                break;
            case FileKind.Session:
                SessionCheck.Check(report);
                break;
            case FileKind.Hooks:
                JsonCheck.Check(report, HookCheck.CheckFile);
                break;
            case FileKind.Settings:
                JsonCheck.Check(report, SettingsCheck.Check);
                break;
            case FileKind.Mcp:
                JsonCheck.Check(report, McpCheck.CheckFile);
                break;
            case FileKind.Plugin:
                JsonCheck.Check(report, PluginCheck.Check);
                break;
            case FileKind.Marketplace:
                JsonCheck.Check(report, MarketplaceCheck.Check);
                break;
        }

        Secrets.Check(report);
        HiddenText.Check(report);
        HiddenText.CheckPath(report);
        PortablePath.Check(report);
        ShellPipes.Check(report);

        return new FileCheck(report.Kind, report.Findings(), report.Facts.Name, report.Facts.Description, report.Facts.Fields)
        {
            References = report.Facts.References,
        };
    }
}

/// <summary>What all JSON files have in common.</summary>
internal static class JsonCheck
{
    public static void Check(Report report, Action<Report, Mapping> check)
    {
        var tree = JsonTree.Read(report.Text);
        foreach (var (start, end) in tree.Comments.TakeWhile(_ => !report.IsFull))
        {
            report.Add(FindingCodes.JsonComment, start, "The file has a comment.", Fix.Replace("Remove the comment", start, end - start, ""));
        }

        foreach (var comma in tree.TrailingCommas)
        {
            report.Add(FindingCodes.JsonTrailingComma, comma, "A comma stands before a closing bracket.", Fix.Replace("Remove the comma", comma, 1, ""));
        }

        foreach (var key in tree.DuplicateKeys)
        {
            report.Add(FindingCodes.JsonDuplicateKey, key, $"The key `{Shown.Short(key.Value)}` is there twice.");
        }

        if (tree.Error is { } error)
        {
            report.Add(FindingCodes.JsonSyntax, error.Offset, Shown.Short(error.Message, 200));
        }

        if (tree.IsTooLarge)
        {
            report.Add(FindingCodes.JsonTooLarge, 0, $"The file has more than {JsonTree.MaxNodes} values.");
        }

        // Half a file would seem to miss what its other half has.
        if (tree.Error is not null || tree.IsTooLarge)
        {
            return;
        }

        if (tree.Root is Mapping root)
        {
            check(report, root);
        }
        else
        {
            report.Add(FindingCodes.JsonNotAnObject, tree.Root?.Start ?? 0, "The file is no JSON object.");
        }
    }
}
