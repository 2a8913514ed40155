using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Search;

namespace PromptStash.Stashes.Tests;

public sealed partial class SettingCharactersApart
{
    [Theory]
    [InlineData("\u6D4B\u8BD5", " \u6D4B  \u8BD5 ")]
    [InlineData("lint\u4EE3a", "lint \u4EE3 a")]
    [InlineData("\u30AB\u30FC", " \u30AB  \u30FC ")]
    [InlineData("\U00020000x", " \U00020000 x")]
    [InlineData("\uD55C\uAD6D\uC5B4 caf\u00E9", "\uD55C\uAD6D\uC5B4 caf\u00E9")] // Korean has spaces.
    [InlineData("\u3002\u30FB", "\u3002\u30FB")] // Punctuation is between words anyway.
    public void Puts_spaces_around_those_of_languages_without_spaces(string text, string expected) =>
        Assert.Equal(expected, SingleCharacters.SetApart(text));

    [Fact]
    public void Takes_the_same_for_words_as_the_database_does()
    {
        var ranges = Range.Matches(WordSql.Up).Select(match => (First: Value(match, "first"), Last: Value(match, "last"))).ToList();
        Assert.NotEmpty(ranges);

        Assert.DoesNotContain(
            Enumerable.Range(1, 0x10FFFF).Where(Rune.IsValid),
            value => SingleCharacters.IsOne(new Rune(value)) != ranges.Exists(range => value >= range.First && value <= range.Last));
    }

    private static int Value(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\\[uU](?<first>[0-9A-F]+)-\\[uU](?<last>[0-9A-F]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Range { get; }
}
