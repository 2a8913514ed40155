using System.Buffers;
using System.Text.RegularExpressions;

namespace PromptStash.Stashes.Validation;

/// <summary>Finds commands that run what they download.</summary>
internal static class ShellPipes
{
    /// <summary>How far after a download its pipe is looked for, in UTF-16 units.</summary>
    private const int Reach = 400;

    private static readonly SearchValues<string> Downloads = SearchValues.Create(["curl ", "wget ", "iwr ", "irm ", "Invoke-WebRequest ", "Invoke-RestMethod "], StringComparison.OrdinalIgnoreCase);

    /// <summary>A pipe into a shell or interpreter that reads its program from there: <c>python -m json.tool</c> reads data.</summary>
    private static readonly Regex IntoShell = new(
        @"\|\s*(sudo\s+(-[a-z]+\s+)*)?(/usr)?(/bin/)?(env\s+)?((ba|z|da|k|fi)?sh(\s+-[a-z]+)*(\s+-)?|(python3?|node|perl|ruby)(\s+-)?|iex|invoke-expression)\s*($|[|&;""'`)\\\s]+(-s\b|$|[^-\s]))",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>A shell that is given a download as its program.</summary>
    private static readonly Regex ShellOf = new(
        @"((^|[\s\uFEFF;&|""'`(])(ba|z|da)?sh\s+(-c\s+)?\\?[""']?(<\(|\$\()|eval\s+\\?[""']?\$\(|source\s+<\(|iex\s*\(+)\s*$",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public static void Check(Report report)
    {
        var text = report.Text;
        for (var at = text.AsSpan().IndexOfAny(Downloads); at >= 0 && !report.IsFullOf(Severity.Warning);)
        {
            var line = text.AsSpan(at, LengthOfCommand(text, at));
            var before = text.AsSpan(Math.Max(0, at - 30), Math.Min(at, 30));
            if ((at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1])) && (IsPiped(line) || ShellOf.IsMatch(before)))
            {
                report.Add(FindingCodes.PipeToShell, at, "A download is handed to a shell.");
            }

            // The whole reach was looked at, so no text is read twice however often it says curl.
            var from = at + Math.Max(line.Length, 4);
            var next = from >= text.Length ? -1 : text.AsSpan(from).IndexOfAny(Downloads);
            at = next < 0 ? -1 : from + next;
        }
    }

    /// <summary>
    /// The units to the end of the line, or of the last one that the command goes on over: behind a backslash, or where a pipe ends the line or
    /// begins the next. A line that begins with a pipe itself is a row of a table.
    /// </summary>
    private static int LengthOfCommand(string text, int at)
    {
        var rest = text.AsSpan(at, Math.Min(Reach, text.Length - at));
        var before = text.AsSpan(Math.Max(0, at - Reach), Math.Min(at, Reach));
        var isInTable = before[(before.LastIndexOfAny('\r', '\n') + 1)..].TrimStart(" \t>").StartsWith('|');
        for (var start = 0; ;)
        {
            var length = rest[start..].IndexOfAny('\r', '\n');
            if (length < 0)
            {
                return rest.Length;
            }

            var end = start + length;
            start = end + (rest[end..].StartsWith("\r\n") ? 2 : 1);
            var next = rest[start..].IndexOfAny('\r', '\n');
            var following = (next < 0 ? rest[start..] : rest[start..(start + next)]).Trim();
            var goesOnOverPipe = rest[..end].TrimEnd().EndsWith('|') || (following.StartsWith('|') && !following.EndsWith('|'));
            if (!rest[..end].EndsWith('\\') && (isInTable || !goesOnOverPipe))
            {
                return end;
            }
        }
    }

    private static bool IsPiped(ReadOnlySpan<char> line)
    {
        if (!line.ContainsAny('\r', '\n'))
        {
            return IntoShell.IsMatch(line);
        }

        // As the shell reads it: on one line, without the backslashes that say so.
        return IntoShell.IsMatch(line.ToString().Replace("\\\r\n", " ", StringComparison.Ordinal).Replace("\\\n", " ", StringComparison.Ordinal).ReplaceLineEndings(" "));
    }
}
