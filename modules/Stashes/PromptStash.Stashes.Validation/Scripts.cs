using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace PromptStash.Stashes.Validation;

/// <summary>Finds the files that a command runs.</summary>
internal static partial class Scripts
{
    /// <summary>How much of a command is searched, in UTF-16 units.</summary>
    private const int MaxCommand = 10_000;

    private const string SkillFolder = "CLAUDE_SKILL_DIR";
    private const string ProjectFolder = "CLAUDE_PROJECT_DIR";

    /// <summary>Only paths that begin with a folder that Claude Code names: every other one depends on where it is run.</summary>
    [GeneratedRegex("""\$\{?(?<root>CLAUDE_PLUGIN_ROOT|CLAUDE_PROJECT_DIR|CLAUDE_SKILL_DIR)\}?"?/(?<path>[A-Za-z0-9_./-]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex Rooted();

    /// <summary>What is run by its name. Any other file that a text names may be one that is written while it is followed.</summary>
    private static readonly FrozenSet<string> Runnable = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, ".sh", ".bash", ".zsh", ".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".php", ".ps1", ".lua", ".r", ".cmd", ".bat");

    /// <summary>
    /// Follows what the text of a skill or command names: scripts of a plugin or project in commands that run while it is loaded, and the
    /// skill's own scripts and pages wherever they are named, because Claude Code puts its folder in everywhere. Elsewhere in the text a
    /// plugin's folder is as likely the example of another plugin.
    /// </summary>
    public static void FollowText(Report report, int from, IReadOnlyList<(int Start, int End)> commands)
    {
        var next = 0;
        foreach (Match match in Rooted().Matches(report.Text, from).TakeWhile(_ => report.Facts.FollowsMore))
        {
            while (next < commands.Count && commands[next].End <= match.Index)
            {
                next++;
            }

            var isRun = next < commands.Count && commands[next].Start <= match.Index;
            var variable = match.Groups["root"].Value;
            var path = match.Groups["path"].Value.TrimEnd('.', '/');
            var isPage = Path.GetExtension(path).Equals(".md", StringComparison.OrdinalIgnoreCase);
            if ((isRun || variable == SkillFolder)
                && (isPage ? report.Kind == FileKind.Skill : Runnable.Contains(Path.GetExtension(path)))
                && TargetOf(report, variable, path) is { } target)
            {
                report.Facts.AddReference(report, isPage ? ReferenceKind.Link : ReferenceKind.Script, target, match.Index);
            }
        }
    }

    public static void Follow(Report report, Scalar command)
    {
        var place = report.PlaceOf(command);
        foreach (Match match in Rooted().Matches(command.Value[..Math.Min(command.Value.Length, MaxCommand)]))
        {
            var path = match.Groups["path"].Value.TrimEnd('.', '/');

            // Only a file with an ending: a folder may be made while the command runs.
            if (Path.GetFileName(path).Contains('.', StringComparison.Ordinal) && TargetOf(report, match.Groups["root"].Value, path) is { } target)
            {
                report.Facts.AddReference(report, ReferenceKind.Script, target, place + match.Index ?? command.Start);
            }
        }
    }

    /// <summary>A path from a folder, without '.' and '..'; null when it leaves the stash.</summary>
    public static string? Combine(string folder, string path)
    {
        var segments = folder.Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == "..")
            {
                if (segments.Count == 0)
                {
                    return null;
                }

                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment != ".")
            {
                segments.Add(segment);
            }
        }

        return string.Join('/', segments);
    }

    /// <summary>The file that is meant. Of a project a stash mostly holds .claude alone, so what lies elsewhere in it is not followed.</summary>
    private static string? TargetOf(Report report, string variable, string path) =>
        RootOf(report, variable) is { } root && Combine(root, path) is { } target
        && (variable != ProjectFolder || target.StartsWith(Combine(root, ".claude") + "/", StringComparison.Ordinal))
            ? target
            : null;

    private static string? RootOf(Report report, string variable)
    {
        var folders = report.Path.Split('/')[..^1];

        // The folder that .claude lies in; for a plugin's own files the folder around hooks, skills, agents or .claude-plugin, beside which its .mcp.json lies.
        var at = variable switch
        {
            SkillFolder => report.Kind == FileKind.Skill ? folders.Length : -1,
            "CLAUDE_PLUGIN_ROOT" when report.Kind == FileKind.Marketplace => -1, // Each of its plugins has a root of its own.
            "CLAUDE_PLUGIN_ROOT" when Path.GetFileName(report.Path) == ".mcp.json" => folders.Length,
            ProjectFolder => Array.IndexOf(folders, ".claude"),
            _ => Array.FindLastIndex(folders, folder => folder is "hooks" or "skills" or "agents" or "commands" or ".claude-plugin"),
        };

        return at < 0 ? null : string.Join('/', folders[..at]);
    }
}
