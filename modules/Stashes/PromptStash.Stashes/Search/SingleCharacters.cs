using System.Buffers;
using System.Text;

namespace PromptStash.Stashes.Search;

/// <summary>
/// The characters of languages without spaces, each of which the search takes for a word: those that the database's <c>set_apart</c> takes for
/// one. A word of several is looked for as a phrase.
/// </summary>
internal static class SingleCharacters
{
    /// <summary>Han, Hiragana and Katakana: letters and what repeats or lengthens them, but no punctuation.</summary>
    private static readonly (int First, int Last)[] Ranges =
    [
        (0x3005, 0x3007), (0x3041, 0x309F), (0x30A1, 0x30FA), (0x30FC, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
        (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x1B000, 0x1B16F), (0x20000, 0x3FFFF),
    ];

    public static bool IsOne(Rune rune) => Array.Exists(Ranges, range => rune.Value >= range.First && rune.Value <= range.Last);

    /// <summary>Whether the last word of a text is such a character.</summary>
    public static bool EndsWithOne(string text) => Rune.DecodeLastFromUtf16(text, out var last, out _) == OperationStatus.Done && IsOne(last);

    /// <summary>The text with spaces around each.</summary>
    public static string SetApart(string text)
    {
        var apart = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            apart.Append(IsOne(rune) ? $" {rune} " : rune.ToString());
        }

        return apart.ToString();
    }
}
