using System.Text;
using Microsoft.ML.Tokenizers;

namespace PromptStash.Stashes.Validation;

/// <summary>
/// Estimates how many tokens a text is. Claude's own vocabulary is not public; this one (o200k, of GPT-4o) comes within a tenth or two for English and
/// code, which is what a budget needs.
/// </summary>
public static class TokenEstimate
{
    /// <summary>Up to how many UTF-16 units every token is counted. Of longer texts samples are, and the rest is taken to be like them.</summary>
    public const int MaxCounted = 32 * 1024;

    /// <summary>How many samples a longer text gives, from its beginning to its end.</summary>
    private const int Samples = 16;

    /// <summary>Text without a space is one piece to the tokenizer, whose time grows with the square of a piece; no word is longer than this.</summary>
    private const int Piece = 256;

    /// <summary>Reading the vocabulary takes a while, so it is done once, when the first text comes.</summary>
    private static readonly Lazy<TiktokenTokenizer> Tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>The tokens of a text, about; at least 1 for each text that is not empty.</summary>
    public static int Count(string text)
    {
        if (text.Length <= MaxCounted)
        {
            return CountAll(text);
        }

        const int length = MaxCounted / Samples;
        var counted = 0L;
        for (var sample = 0; sample < Samples; sample++)
        {
            var start = (int)((long)(text.Length - length) * sample / (Samples - 1));
            counted += CountAll(text.AsSpan(start, length));
        }

        return (int)(counted * text.Length / MaxCounted);
    }

    /// <summary>Counts piece by piece. Cuts are made at white space where there is some, so they add no token.</summary>
    private static int CountAll(ReadOnlySpan<char> text)
    {
        var tokens = 0;
        while (text.Length > Piece)
        {
            var cut = text[..Piece].LastIndexOfAny(' ', '\n');
            cut = cut > 0 ? cut : Piece;
            tokens += Tokenizer.Value.CountTokens(text[..cut]);
            text = text[cut..];
        }

        return tokens + Tokenizer.Value.CountTokens(text);
    }
}
