using System.Text;

namespace PromptStash.Stashes.Validation;

/// <summary>The YAML between the leading '---' lines of a Markdown file, and the body after it.</summary>
internal sealed class FrontMatter
{
    private FrontMatter(Mapping? fields, int bodyStart, bool isThere)
    {
        Fields = fields;
        BodyStart = bodyStart;
        IsThere = isThere;
    }

    /// <summary>The fields; null when there are none that can be read.</summary>
    public Mapping? Fields { get; }

    /// <summary>Where the body begins; 0 without front matter.</summary>
    public int BodyStart { get; }

    /// <summary>Whether there is front matter, legible or not.</summary>
    public bool IsThere { get; }

    public static FrontMatter Read(Report report)
    {
        var text = report.Text;
        var start = text.StartsWith('\uFEFF') ? 1 : 0;
        if (!IsFence(report, LineAt(report, 1), start))
        {
            LookForLateFence(report, start);
            return new FrontMatter(fields: null, bodyStart: 0, isThere: false);
        }

        for (var line = 2; line <= report.Map.Lines; line++)
        {
            if (IsFence(report, LineAt(report, line)))
            {
                var from = report.Map.StartOf(2);
                var fields = Parse(report, text[from..report.Map.StartOf(line)], from);

                return new FrontMatter(fields, line < report.Map.Lines ? report.Map.StartOf(line + 1) : text.Length, isThere: true);
            }
        }

        report.Add(FindingCodes.FrontmatterUnclosed, start, "The front matter has no closing line '---'.");
        return new FrontMatter(fields: null, bodyStart: 0, isThere: true);
    }

    private static Mapping? Parse(Report report, string yaml, int from)
    {
        var tree = YamlTree.Read(yaml, from);
        if (tree.Error is { } error)
        {
            report.Add(FindingCodes.FrontmatterInvalidYaml, error.Offset, $"The front matter is not valid YAML: {Sentence(error.Message)}", Quoting(yaml, from));
            return null;
        }

        foreach (var key in tree.DuplicateKeys)
        {
            report.Add(FindingCodes.FrontmatterDuplicateKey, key, $"The key `{Shown.Short(key.Value)}` is there twice.");
        }

        if (tree.Root is null or Scalar { Type: ScalarType.Null })
        {
            return new Mapping(from, from, []);
        }

        if (tree.Root is Mapping fields)
        {
            return fields;
        }

        report.Add(FindingCodes.FrontmatterNotAMap, tree.Root, "The front matter is no list of `key: value` lines.");
        return null;
    }

    /// <summary>
    /// The one mistake that is made over and over: <c>description: Use it when: always</c>, where the second colon wants quotes. Only lines that
    /// must be quoted are, and only when the whole is YAML afterwards.
    /// </summary>
    private static Fix? Quoting(string yaml, int from)
    {
        if (yaml.Length > YamlTree.MaxLength)
        {
            return null;
        }

        var edits = new List<TextEdit>();
        var quoted = new StringBuilder(yaml.Length + 64);
        for (var at = 0; at < yaml.Length;)
        {
            var length = yaml.AsSpan(at).IndexOfAny('\r', '\n');
            var end = length < 0 ? yaml.Length : at + length;
            var next = end < yaml.Length ? end + (yaml[end] == '\r' && end + 1 < yaml.Length && yaml[end + 1] == '\n' ? 2 : 1) : end;
            var line = yaml[at..end];
            if (ValueToQuote(line) is { } value)
            {
                var written = line.TrimEnd()[value..];
                var replacement = "\"" + written.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
                edits.Add(new TextEdit(from + at + value, written.Length, replacement));
                quoted.Append(yaml, at, value).Append(replacement).Append(yaml, end, next - end);
            }
            else
            {
                quoted.Append(yaml, at, next - at);
            }

            at = next;
        }

        return edits.Count > 0 && YamlTree.Read(quoted.ToString(), from) is { Error: null, Root: Mapping, DuplicateKeys.Count: 0 }
            ? new Fix("Put the value in quotes", edits)
            : null;
    }

    /// <summary>Where the value of a top-level line begins that plain YAML cannot spell; null for any other line.</summary>
    private static int? ValueToQuote(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0 || !line.AsSpan(0, colon).ContainsOnlyKeyCharacters())
        {
            return null;
        }

        var value = colon + 2;
        while (value < line.Length && line[value] == ' ')
        {
            value++;
        }

        var text = line.AsSpan(value).TrimEnd();
        if (text.IsEmpty || text[0] is '"' or '\'' or '|' or '>')
        {
            return null;
        }

        return text[0] is '@' or '`' or '%' or '*' or '&' or '!' or '[' or '{' || text.Contains(": ", StringComparison.Ordinal) || text[^1] == ':' || text.Contains('\t') ? value : null;
    }

    private static void LookForLateFence(Report report, int start)
    {
        var text = report.Text;
        var first = start;
        while (first < text.Length && (char.IsWhiteSpace(text[first]) || text[first] == '\uFEFF'))
        {
            first++;
        }

        if (first == start || first == text.Length || !text.AsSpan(first).StartsWith("---"))
        {
            return;
        }

        var line = report.Map.PositionOf(first).Line;
        if (!IsFence(report, LineAt(report, line), first))
        {
            return;
        }

        for (var closing = line + 1; closing <= report.Map.Lines; closing++)
        {
            if (IsFence(report, LineAt(report, closing)))
            {
                report.Add(
                    FindingCodes.FrontmatterNotFirst, first, "There is white space before the front matter.", Fix.Replace("Remove what is before it", start, first - start, ""));
                return;
            }
        }
    }

    private static (int Start, int End) LineAt(Report report, int line)
    {
        var start = report.Map.StartOf(line);
        var end = line < report.Map.Lines ? report.Map.StartOf(line + 1) : report.Text.Length;

        return (start, end);
    }

    private static bool IsFence(Report report, (int Start, int End) line, int? from = null) =>
        report.Text.AsSpan()[(from ?? line.Start)..line.End].TrimEnd() is "---";

    private static string Sentence(string message) => Shown.Short(message.TrimEnd('.', ' '), 200) + ".";
}

/// <summary>How pieces of a file are shown in a message.</summary>
internal static class Shown
{
    /// <summary>Cut to a length that a message can carry, on one line and without control characters.</summary>
    public static string Short(string text, int length = 60)
    {
        var cut = text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";

        return string.Concat(WellFormed(cut).Select(character => char.IsControl(character) ? ' ' : character));
    }

    /// <summary>As a database and JSON can hold it: no control characters but line ends and tabs, and no halves of surrogate pairs, both of which YAML and JSON can spell.</summary>
    public static string? Clean(string? text, int length) => text is null
        ? null
        : string.Concat(WellFormed(text.Length <= length ? text : text[..length]).Where(character => !char.IsControl(character) || character is '\n' or '\r' or '\t'));

    private static string WellFormed(string text) => string.Concat(text.EnumerateRunes());

    public static bool ContainsOnlyKeyCharacters(this ReadOnlySpan<char> key)
    {
        foreach (var character in key)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_'))
            {
                return false;
            }
        }

        return true;
    }
}
