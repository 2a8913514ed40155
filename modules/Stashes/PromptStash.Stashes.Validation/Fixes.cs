using System.Text;

namespace PromptStash.Stashes.Validation;

/// <summary>A text after fixes.</summary>
/// <param name="Content">The text; the one that was given when nothing was applied.</param>
/// <param name="Codes">The codes whose fixes were applied, each once, in alphabetical order.</param>
public sealed record FixedContent(string Content, IReadOnlyList<string> Codes);

/// <summary>Applies the fixes of findings to the text that they were found in.</summary>
public static class Fixes
{
    /// <summary>
    /// Applies what does not overlap. Where two fixes touch the same place the one of the earlier finding wins and the other waits for the next
    /// check, so the outcome depends on nothing but the text and the findings.
    /// </summary>
    /// <param name="content">The text that was checked.</param>
    /// <param name="findings">Its findings.</param>
    /// <param name="codes">The codes to fix; all when null.</param>
    public static FixedContent Apply(string content, IEnumerable<Finding> findings, IReadOnlyCollection<string>? codes = null)
    {
        var taken = new SortedSet<(int Start, int End)>();
        var edits = new List<TextEdit>();
        var applied = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var finding in findings.Where(finding => finding.Fix is not null && codes?.Contains(finding.Code) is not false))
        {
            var wanted = finding.Fix!.Edits;
            if (wanted.Any(edit => edit.Offset < 0 || edit.Length < 0 || edit.Offset + edit.Length > content.Length || Touches(taken, edit)))
            {
                continue;
            }

            taken.UnionWith(wanted.Select(edit => (edit.Offset, edit.Offset + edit.Length)));
            edits.AddRange(wanted);
            applied.Add(finding.Code);
        }

        return new FixedContent(Apply(content, edits), [.. applied]);
    }

    private static string Apply(string content, List<TextEdit> edits)
    {
        if (edits.Count == 0)
        {
            return content;
        }

        edits.Sort((one, other) => one.Offset.CompareTo(other.Offset));
        var fixedText = new StringBuilder(content.Length);
        var at = 0;
        foreach (var edit in edits)
        {
            fixedText.Append(content, at, edit.Offset - at).Append(edit.NewText);
            at = edit.Offset + edit.Length;
        }

        return fixedText.Append(content, at, content.Length - at).ToString();
    }

    /// <summary>Edits that meet end to end touch too: which of two insertions comes first would be anybody's guess.</summary>
    private static bool Touches(SortedSet<(int Start, int End)> taken, TextEdit edit)
    {
        // What is taken does not overlap, so only the nearest one that starts at or before the edit's end can reach it.
        var before = taken.GetViewBetween((int.MinValue, 0), (edit.Offset + edit.Length, int.MaxValue));

        return before.Count > 0 && before.Max.End >= edit.Offset;
    }
}
