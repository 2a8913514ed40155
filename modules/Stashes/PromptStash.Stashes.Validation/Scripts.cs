using System.Text.RegularExpressions;

namespace PromptStash.Stashes.Validation;

/// <summary>Finds the files that a command runs.</summary>
internal static partial class Scripts
{
    /// <summary>How much of a command is searched, in UTF-16 units.</summary>
    private const int MaxCommand = 10_000;

    /// <summary>Only paths that begin with a folder that Claude Code names: every other one depends on where it is run.</summary>
    [GeneratedRegex("""\$\{?(?<root>CLAUDE_PLUGIN_ROOT|CLAUDE_PROJECT_DIR|CLAUDE_SKILL_DIR)\}?"?/(?<path>[A-Za-z0-9_./-]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex Rooted();

    public static void Follow(Report report, Scalar command)
    {
        var place = report.PlaceOf(command);
        foreach (Match match in Rooted().Matches(command.Value[..Math.Min(command.Value.Length, MaxCommand)]))
        {
            var path = match.Groups["path"].Value.TrimEnd('.', '/');

            // Only a file with an ending: a folder may be made while the command runs.
            if (Path.GetFileName(path).Contains('.', StringComparison.Ordinal) && RootOf(report, match.Groups["root"].Value) is { } root && Combine(root, path) is { } target)
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

    private static string? RootOf(Report report, string variable)
    {
        var folders = report.Path.Split('/')[..^1];

        // The folder that .claude lies in; for a plugin's own files the folder around hooks, skills, agents or .claude-plugin.
        var at = variable switch
        {
            "CLAUDE_SKILL_DIR" => report.Kind == FileKind.Skill ? folders.Length : -1,
            "CLAUDE_PROJECT_DIR" => Array.IndexOf(folders, ".claude"),
            _ => Array.FindLastIndex(folders, folder => folder is "hooks" or "skills" or "agents" or "commands" or ".claude-plugin"),
        };

        return at < 0 ? null : string.Join('/', folders[..at]);
    }
}
