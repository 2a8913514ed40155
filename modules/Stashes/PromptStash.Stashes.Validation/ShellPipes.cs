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
            var rest = text.AsSpan(at, Math.Min(Reach, text.Length - at));
            var lineEnd = rest.IndexOfAny('\r', '\n');
            var line = lineEnd < 0 ? rest : rest[..lineEnd];
            var before = text.AsSpan(Math.Max(0, at - 30), Math.Min(at, 30));
            if ((at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1])) && (IntoShell.IsMatch(line) || ShellOf.IsMatch(before)))
            {
                report.Add(FindingCodes.PipeToShell, at, "A download is handed to a shell.");
            }

            // The whole reach was looked at, so no text is read twice however often it says curl.
            var from = at + Math.Max(line.Length, 4);
            var next = from >= text.Length ? -1 : text.AsSpan(from).IndexOfAny(Downloads);
            at = next < 0 ? -1 : from + next;
        }
    }
}
