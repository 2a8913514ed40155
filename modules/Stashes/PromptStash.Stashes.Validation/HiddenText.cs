using System.Buffers;
using System.Text;

namespace PromptStash.Stashes.Validation;

/// <summary>Characters that a reader does not see and a model does, or that change the order in which a reader sees text (CVE-2021-42574).</summary>
internal static class HiddenText
{
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>The first half of all characters of plane 14; the second of a tag is its ASCII after one, of the last one a delete.</summary>
    private const char FirstHalf = '\uDB40';
    private const char FirstTag = '\uDC00';
    private const char LastTag = '\uDC7F';
    private const char FirstSelector = '\uDD00';

    /// <summary>How far from a mark of direction the letters are looked for that it stands between, in UTF-16 units.</summary>
    private const int Reach = 16;

    /// <summary>An emoji goes on with a variation selector and a joiner; nothing that is read has more of them in a row.</summary>
    private const int MostJoinersAndSelectors = 2;

    /// <summary>Seven tag characters spell the flag of a region (Unicode Technical Standard 51), the last of which ends it.</summary>
    private const int MostTagUnits = 14;

    private static readonly SearchValues<char> Bidirectional = SearchValues.Create("\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    /// <summary>Spaces without a width, operators that are not written, and the letters that Hangul writes where it has none.</summary>
    private static readonly SearchValues<char> Invisible = SearchValues.Create("\u200B\u2060\u2061\u2062\u2063\u2064\u180E\uFEFF\u3164\u115F\u1160\uFFA0");

    /// <summary>All of them, and the first halves of tag characters and of the variation selectors of plane 14.</summary>
    private static readonly SearchValues<char> Suspicious = SearchValues.Create(
        "\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u200B\u2060\u2061\u2062\u2063\u2064\u180E\uFEFF\u3164\u115F\u1160\uFFA0\u200C\u200D\u200E\u200F\u061C\u00AD"
        + "\uFE00\uFE01\uFE02\uFE03\uFE04\uFE05\uFE06\uFE07\uFE08\uFE09\uFE0A\uFE0B\uFE0C\uFE0D\uFE0E\uFE0F\uDB40");

    private enum Class
    {
        /// <summary>A character that is seen, or half a one.</summary>
        Seen,
        Bidirectional,
        Invisible,
        Joiner,
        Mark,
        SoftHyphen,
        Selector,
        Tag,
    }

    public static void Check(Report report)
    {
        var text = report.Text;
        foreach (var (start, end, isBidirectional) in Find(text, text.StartsWith(ByteOrderMark) ? 1 : 0).TakeWhile(_ => !report.IsFull))
        {
            report.Add(
                isBidirectional ? FindingCodes.TextBidirectional : FindingCodes.TextInvisible,
                start,
                isBidirectional ? $"U+{(int)text[start]:X4} changes the direction of what follows." : Describe(text, start, end),
                Fix.Replace("Remove it", start, end - start, ""));
        }
    }

    /// <summary>Looks at the file's own path, of which a reader sees the same.</summary>
    public static void CheckPath(Report report)
    {
        foreach (var (start, end, isBidirectional) in Find(report.Path, 0))
        {
            report.AddOfPath(
                isBidirectional ? FindingCodes.TextBidirectional : FindingCodes.TextInvisible,
                isBidirectional ? $"In the file's path U+{(int)report.Path[start]:X4} changes the direction of what follows." : $"In the file's path {Describe(report.Path, start, end)}");
        }
    }

    private static string Describe(string text, int at, int end)
    {
        var first = Rune.GetRuneAt(text, at);

        return end - at == first.Utf16SequenceLength ? $"U+{first.Value:X4} is invisible." : $"{end - at} invisible UTF-16 units begin with U+{first.Value:X4}.";
    }

    /// <summary>What is hidden in a text, in its order. Characters in a row are one, but for those that change the direction.</summary>
    private static IEnumerable<(int Start, int End, bool IsBidirectional)> Find(string text, int from)
    {
        for (var at = from; text.AsSpan(at).IndexOfAny(Suspicious) is >= 0 and var next;)
        {
            var start = at + next;
            at = start;
            while (ClassAt(text, at) != Class.Seen)
            {
                at += LengthAt(text, at);
            }

            foreach (var hidden in FindInRun(text, start, at))
            {
                yield return hidden;
            }

            at = Math.Max(at, start + 1);
        }
    }

    /// <summary>
    /// What is hidden among characters in a row of which none is seen, by what stands around them: most join, part or vary the letters of many
    /// scripts and emoji, and between Latin letters there is nothing for them to do.
    /// </summary>
    private static IEnumerable<(int Start, int End, bool IsBidirectional)> FindInRun(string text, int start, int end)
    {
        var isInAscii = IsAscii(text, start - 1) && IsAscii(text, end);
        var isCrowded = HasMoreJoinersAndSelectors(text, start, end);
        int? from = null;
        for (var at = start; at < end;)
        {
            var of = ClassAt(text, at);
            var next = at + LengthAt(text, at);
            while (of != Class.Bidirectional && ClassAt(text, next) == of)
            {
                next += LengthAt(text, next);
            }

            var isHidden = of switch
            {
                Class.Joiner => isInAscii || isCrowded,
                Class.Selector => isCrowded || next - at > LengthAt(text, at) || !IsVaried(text, at),
                Class.SoftHyphen => isInAscii,
                Class.Mark => !IsAmongOtherLetters(text, start, end),
                Class.Tag => !IsFlag(text, at, next),
                _ => true,
            };
            if (from is { } hidden && (!isHidden || of == Class.Bidirectional))
            {
                yield return (hidden, at, IsBidirectional: false);
                from = null;
            }

            if (of == Class.Bidirectional)
            {
                yield return (at, next, IsBidirectional: true);
            }
            else if (isHidden)
            {
                from ??= at;
            }

            at = next;
        }

        if (from is { } last)
        {
            yield return (last, end, IsBidirectional: false);
        }
    }

    private static Class ClassAt(string text, int at)
    {
        if (at >= text.Length)
        {
            return Class.Seen;
        }

        var character = text[at];
        if (character == FirstHalf)
        {
            return at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]) ? Class.Seen : text[at + 1] >= FirstSelector ? Class.Selector : Class.Tag;
        }

        return Bidirectional.Contains(character) ? Class.Bidirectional
            : Invisible.Contains(character) ? Class.Invisible
            : character is '\u200C' or '\u200D' ? Class.Joiner
            : character is '\u200E' or '\u200F' or '\u061C' ? Class.Mark
            : character is '\u00AD' ? Class.SoftHyphen
            : character is >= '\uFE00' and <= '\uFE0F' ? Class.Selector
            : Class.Seen;
    }

    /// <summary>The UTF-16 units of a character that is not seen.</summary>
    private static int LengthAt(string text, int at) => text[at] == FirstHalf ? 2 : 1;

    private static bool HasMoreJoinersAndSelectors(string text, int start, int end)
    {
        var count = 0;
        for (var at = start; at < end && count <= MostJoinersAndSelectors; at += LengthAt(text, at))
        {
            count += ClassAt(text, at) is Class.Joiner or Class.Selector ? 1 : 0;
        }

        return count > MostJoinersAndSelectors;
    }

    /// <summary>Whether a selector stands behind something that has variations: of ASCII only what becomes a keycap, and that in few.</summary>
    private static bool IsVaried(string text, int at) =>
        at > 0 && (!char.IsAscii(text[at - 1]) || (text[at] != FirstHalf && (char.IsAsciiDigit(text[at - 1]) || text[at - 1] is '#' or '*')));

    /// <summary>Tag characters spell the flags of England, Scotland and Wales after a black flag; anywhere else they spell hidden ASCII.</summary>
    private static bool IsFlag(string text, int start, int end)
    {
        if (start < 2 || text[start - 2] != '\uD83C' || text[start - 1] != '\uDFF4' || end - start > MostTagUnits || text[end - 1] != LastTag)
        {
            return false;
        }

        for (var at = start + 1; at < end - 1; at += 2)
        {
            if (!char.IsAsciiLetterLower((char)(text[at] - FirstTag)) && !char.IsAsciiDigit((char)(text[at] - FirstTag)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the next letter to one of the sides is none of ASCII: beside digits and brackets a mark says whose they are.</summary>
    private static bool IsAmongOtherLetters(string text, int start, int end)
    {
        return HasOther(start - 1, -1) || HasOther(end, 1);

        bool HasOther(int from, int step)
        {
            for (var at = from; at >= 0 && at < text.Length && Math.Abs(at - from) < Reach && text[at] is not ('\r' or '\n'); at += step)
            {
                if (char.IsAsciiLetter(text[at]) || !char.IsAscii(text[at]))
                {
                    return !char.IsAscii(text[at]);
                }
            }

            return false;
        }
    }

    private static bool IsAscii(string text, int at) => at < 0 || at >= text.Length || char.IsAscii(text[at]);
}
