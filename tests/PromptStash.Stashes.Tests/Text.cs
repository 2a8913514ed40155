using System.Text;

namespace PromptStash.Stashes.Tests;

/// <summary>Generators of text.</summary>
internal static class Text
{
    /// <summary>Any Unicode code point that UTF-8 has bytes for, from all widths alike.</summary>
    public static readonly Gen<Rune> Rune = Gen.OneOf(
        Gen.Int[0x00, 0x7F], Gen.Int[0x80, 0x7FF], Gen.Int[0x800, 0xD7FF], Gen.Int[0xE000, 0xFFFF], Gen.Int[0x10000, 0x10FFFF]).Select(value => new Rune(value));

    /// <summary>Text with everything in it that text may have, but NUL.</summary>
    public static readonly Gen<string> Valid = Gen.OneOf(
            Rune.Where(rune => rune.Value != 0).Select(rune => rune.ToString()),
            Gen.OneOf("\r\n", "\n", "\r", "\t", "\uFEFF", "a", " ", "\u0301", "😀"))
        .Array[0, 60]
        .Select(string.Concat);

    private static readonly Gen<string> PathPiece = Gen.OneOf(
        Gen.OneOf("a", "Z", "0", "-", "_", ".", " ", "~", "é", "e\u0301", "ß", "İ", "字", "\u0958", "각", "👩‍💻", "\u200E", "\u00AD", "con", "#", "%2e", "&", "'", "\"", "?", "*"),
        Rune.Where(rune => !System.Text.Rune.IsControl(rune) && rune.ToString() is not ("/" or "\\" or ":" or "\uFFFE") && !IsHidden(rune)).Select(rune => rune.ToString()));

    /// <summary>A segment that keeps all rules of a path.</summary>
    public static readonly Gen<string> Segment = PathPiece.Array[1, 12].Select(string.Concat).Where(IsAllowed);

    /// <summary>A path that keeps all rules, not yet composed.</summary>
    public static readonly Gen<string> Path = Segment.Array[1, 8]
        .Select(segments => string.Join('/', segments))
        .Where(path => Encoding.UTF8.GetByteCount(path.Normalize(NormalizationForm.FormC)) <= 1024);

    /// <summary>What Unicode calls format characters that paths do not take, by blocks: more than the rule names, so as not to say it again.</summary>
    private static bool IsHidden(Rune rune) =>
        rune.Value is (>= 0x200B and <= 0x200F) or (>= 0x2028 and <= 0x202F) or (>= 0x2060 and <= 0x206F) or (>= 0xFE00 and <= 0xFEFF) or (>= 0xE0000 and <= 0xE0FFF);

    private static bool IsAllowed(string segment)
    {
        var stem = segment.Normalize(NormalizationForm.FormC).Split('.')[0].Trim(' ').ToUpperInvariant();

        return segment is not ("." or "..")
            && stem is not ("CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$")
            && !((stem.StartsWith("COM", StringComparison.Ordinal) || stem.StartsWith("LPT", StringComparison.Ordinal)) && stem.Length == 4);
    }
}
