using System.Text;
using System.Text.RegularExpressions;

namespace PromptStash.Stashes.Validation;

/// <summary>What is read of the body of a Markdown file.</summary>
internal static partial class Markdown
{
    /// <summary>How much of a first paragraph is kept, in UTF-16 units: more than Claude Code lists.</summary>
    private const int MaxParagraph = 2000;

    /// <summary>How much of a line is searched for links and imports.</summary>
    private const int MaxLine = 2000;

    /// <summary>The first lines of prose, which Claude Code lists where a description is missing.</summary>
    public static string? FirstParagraph(string body)
    {
        var paragraph = new StringBuilder();
        var inFence = false;
        using var lines = new StringReader(body);
        while (lines.ReadLine() is { } line && paragraph.Length < MaxParagraph)
        {
            var text = line.Trim();
            if (IsFence(text))
            {
                inFence = !inFence;
            }

            var isProse = text.Length > 0 && !inFence && !IsFence(text) && !text.StartsWith('#');
            if (isProse)
            {
                paragraph.Append(paragraph.Length > 0 ? " " : "").Append(text);
            }
            else if (paragraph.Length > 0)
            {
                break;
            }
        }

        return paragraph.Length == 0 ? null : Shown.Short(paragraph.ToString(), MaxParagraph);
    }

    /// <summary>
    /// Commands that Claude Code runs while it loads a skill or command: <c>!`command`</c> and fences that begin with <c>```!</c>. Answers where
    /// they stand, in the order of the text.
    /// </summary>
    public static IReadOnlyList<(int Start, int End)> CheckCommands(Report report, int from)
    {
        var text = report.Text;
        var commands = new List<(int Start, int End)>();
        for (var at = text.AsSpan(from).IndexOf("!") is >= 0 and var first ? from + first : -1; at >= 0 && !report.IsFull;)
        {
            var isInline = at + 2 < text.Length && text[at + 1] == '`' && text[at + 2] != '`' && (at == 0 || char.IsWhiteSpace(text[at - 1])) && ClosesOnLine(text, at + 2);
            var isFence = at >= 3 && text[(at - 3)..at] == "```" && (at == 3 || text[at - 4] is '\n' or '\r');
            if (isInline || isFence)
            {
                report.Add(FindingCodes.CommandRunsAtLoad, isFence ? at - 3 : at, isFence ? "A block of commands stands here." : "A command stands here.");
                var length = isFence ? text.AsSpan(at + 1).IndexOf("```") : text.AsSpan(at + 2).IndexOf('`') + 1;
                commands.Add((at + 1, length < 0 ? text.Length : at + 1 + length));
            }

            var next = text.AsSpan(at + 1).IndexOf('!');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return commands;
    }

    /// <summary>The files that a skill links to.</summary>
    public static void FollowLinks(Report report, int from)
    {
        if (report.Kind != FileKind.Skill)
        {
            return;
        }

        var folder = string.Join('/', report.Path.Split('/')[..^1]);
        foreach (var (line, offset) in ProseLines(report, from).TakeWhile(_ => report.Facts.FollowsMore))
        {
            foreach (Match match in RelativeLink().Matches(line))
            {
                if (!IsInCode(line, match.Index) && Scripts.Combine(folder, match.Groups["path"].Value) is { } target)
                {
                    report.Facts.AddReference(report, ReferenceKind.Link, target, offset + match.Groups["path"].Index);
                }
            }
        }
    }

    /// <summary>The files that memory imports with <c>@path</c>, outside code.</summary>
    public static void FollowImports(Report report)
    {
        var folder = string.Join('/', report.Path.Split('/')[..^1]);
        foreach (var (line, offset) in ProseLines(report, 0).TakeWhile(_ => report.Facts.FollowsMore))
        {
            foreach (Match match in Import().Matches(line))
            {
                // A path to a file of the project. What begins with ~ is at home, and what has no ending is as likely a name: @ada.
                var path = match.Groups["path"].Value.TrimEnd('.');
                if (!IsInCode(line, match.Index) && path.Contains('.', StringComparison.Ordinal) && Scripts.Combine(folder, path) is { } target)
                {
                    report.Facts.AddReference(report, ReferenceKind.Import, target, offset + match.Groups["path"].Index - 1);
                }
            }
        }
    }

    private static IEnumerable<(string Line, int Offset)> ProseLines(Report report, int from)
    {
        var inFence = false;
        for (var line = report.Map.PositionOf(from).Line; line <= report.Map.Lines; line++)
        {
            var start = report.Map.StartOf(line);
            var end = line < report.Map.Lines ? report.Map.StartOf(line + 1) : report.Text.Length;
            var text = report.Text.Substring(start, Math.Min(end - start, MaxLine));
            if (IsFence(text.TrimStart()))
            {
                inFence = !inFence;
            }
            else if (!inFence)
            {
                yield return (text, start);
            }
        }
    }

    private static bool IsInCode(string line, int at) => line.AsSpan(0, at).Count('`') % 2 == 1;

    private static bool IsFence(string line) => line.StartsWith("```", StringComparison.Ordinal) || line.StartsWith("~~~", StringComparison.Ordinal);

    private static bool ClosesOnLine(string text, int from)
    {
        var end = text.AsSpan(from).IndexOfAny('`', '\n');

        return end > 0 && text[from + end] == '`';
    }

    /// <summary>A link to a file with an ending, without a scheme, a root or a fragment.</summary>
    [GeneratedRegex(@"\]\((?:\./)?(?<path>[A-Za-z0-9_][A-Za-z0-9_./-]*\.[A-Za-z0-9]{1,8})(?:#[^)\s]*)?\)", RegexOptions.CultureInvariant)]
    private static partial Regex RelativeLink();

    [GeneratedRegex(@"(?:^|\s)@(?:\./)?(?<path>[A-Za-z0-9_.][A-Za-z0-9_./-]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Import();
}
