using System.Buffers;
using System.Text;

namespace PromptStash.Stashes.Validation;

/// <summary>Characters that a reader does not see and a model does, or that change the order in which a reader sees text (CVE-2021-42574).</summary>
internal static class HiddenText
{
    private const char ZeroWidthNonJoiner = '\u200C';
    private const char ZeroWidthJoiner = '\u200D';

    private static readonly SearchValues<char> Bidirectional = SearchValues.Create("\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    private static readonly SearchValues<char> Invisible = SearchValues.Create("\u200B\u2060\u2061\u2062\u2063\u2064\u180E\uFEFF");

    /// <summary>Zero-width and other invisible characters, and the first halves of tag characters and of the variation selectors of plane 14.</summary>
    private static readonly SearchValues<char> Suspicious = SearchValues.Create(
        "\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u200B\u200C\u200D\u2060\u2061\u2062\u2063\u2064\u180E\uFEFF\uDB40");

    public static void Check(Report report)
    {
        var text = report.Text;
        for (var at = text.AsSpan().IndexOfAny(Suspicious); at >= 0 && !report.IsFull;)
        {
            var (end, isHidden) = RunAt(text, at);
            if (isHidden)
            {
                var isBidirectional = Bidirectional.Contains(text[at]);
                report.Add(
                    isBidirectional ? FindingCodes.TextBidirectional : FindingCodes.TextInvisible,
                    at,
                    isBidirectional ? $"U+{(int)text[at]:X4} changes the direction of what follows." : Describe(text, at, end),
                    Fix.Replace("Remove it", at, end - at, ""));
            }

            var next = text.AsSpan(end).IndexOfAny(Suspicious);
            at = next < 0 ? -1 : end + next;
        }
    }

    private static string Describe(string text, int at, int end)
    {
        var first = Rune.GetRuneAt(text, at);

        return end - at == first.Utf16SequenceLength ? $"U+{first.Value:X4} is invisible." : $"{end - at} invisible UTF-16 units begin with U+{first.Value:X4}.";
    }

    /// <summary>Where the characters that begin here end, and whether they are hidden or where they belong.</summary>
    private static (int End, bool IsHidden) RunAt(string text, int at)
    {
        switch (text[at])
        {
            case '\uFEFF' when at == 0:
                return (1, false);
            case ZeroWidthNonJoiner or ZeroWidthJoiner:
                // They join and part letters of many scripts, and emoji; between Latin letters there is nothing for them to do.
                return (at + 1, IsAscii(text, at - 1) && IsAscii(text, at + 1));
            case '\uDB40':
                return TagsAt(text, at);
            default:
                // A run of them is one finding.
                var isBidirectional = Bidirectional.Contains(text[at]);
                var end = at + 1;
                while (!isBidirectional && end < text.Length && Invisible.Contains(text[end]))
                {
                    end++;
                }

                return (end, true);
        }
    }

    /// <summary>Tag characters spell the flags of England, Scotland and Wales after a black flag; anywhere else they spell hidden ASCII.</summary>
    private static (int End, bool IsHidden) TagsAt(string text, int at)
    {
        var end = at;
        while (end + 1 < text.Length && text[end] == '\uDB40' && char.IsLowSurrogate(text[end + 1]))
        {
            end += 2;
        }

        var isFlag = at >= 2 && text[at - 2] == '\uD83C' && text[at - 1] == '\uDFF4' && end - at <= 14;
        var isVariation = end - at == 2 && text[at + 1] >= '\uDD00' && at > 0 && !char.IsAscii(text[at - 1]);

        return (Math.Max(end, at + 1), end > at && !isFlag && !isVariation);
    }

    private static bool IsAscii(string text, int at) => at < 0 || at >= text.Length || char.IsAscii(text[at]);
}
