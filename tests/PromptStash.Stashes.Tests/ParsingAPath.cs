using System.Text;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Tests;

public sealed class ParsingAPath
{
    private static readonly Gen<string> Bad = Gen.OneOf(
        Gen.OneOf("", ".", "..", "CON", "aux.md", "Com1.tar.gz", "lpt² .txt", "a\\b", "\\", new string('x', 256)),
        Gen.Select(Text.Segment, Gen.OneOf(Gen.Int[0x00, 0x1F], Gen.Int[0x7F, 0x9F]), (segment, control) => segment + (char)control));

    [Fact]
    public void That_keeps_the_rules_changes_nothing_but_its_composition() => Text.Path.Sample(text =>
    {
        Assert.True(StashPath.TryParse(text, out var path, out var error), error);
        Assert.Equal(text.Normalize(NormalizationForm.FormC), path);
        Assert.Empty(error);
    }, iter: 5000);

    [Fact]
    public void That_was_parsed_before_changes_nothing() => Text.Path.Sample(text =>
    {
        var path = Parse(text);

        Assert.Equal(path, Parse(path));
    }, iter: 5000);

    [Fact]
    public void In_any_composition_gives_the_same_path() => Text.Path.Sample(text =>
        Assert.Equal(Parse(text), Parse(text.Normalize(NormalizationForm.FormC))), iter: 5000);

    [Fact]
    public void With_one_bad_segment_among_good_ones_is_refused_in_words() =>
        Gen.Select(Text.Segment.Array[0, 3], Bad, Text.Segment.Array[0, 3]).Sample((before, bad, after) =>
        {
            var text = string.Join('/', [.. before, bad, .. after]);

            Assert.False(StashPath.TryParse(text, out _, out var error), $"'{text}' was taken.");
            Assert.Matches(@"^\S.*\.$", error);
        }, iter: 5000);

    [Fact]
    public void Of_any_text_never_fails_and_takes_only_what_keeps_the_rules() => Gen.String.Sample(text =>
    {
        if (StashPath.TryParse(text, out var path, out var error))
        {
            Assert.True(path.IsNormalized(NormalizationForm.FormC));
            Assert.InRange(Encoding.UTF8.GetByteCount(path), 1, StashPath.MaxBytes);
            Assert.All(path.Split('/'), segment => Assert.InRange(Encoding.UTF8.GetByteCount(segment), 1, StashPath.MaxSegmentBytes));
            Assert.DoesNotContain(path, char.IsControl);
            Assert.DoesNotContain('\\', path);
            Assert.False(StashPath.Escapes(path));
        }
        else
        {
            Assert.NotEmpty(error);
        }
    }, iter: 20_000);

    [Theory]
    [InlineData("a")]
    [InlineData("é")]
    [InlineData("字")]
    [InlineData("😀")]
    public void With_a_segment_of_255_bytes_is_taken_and_of_256_is_not(string character)
    {
        var longest = Fill(character, 255);

        Assert.True(StashPath.TryParse(longest, out _, out _));
        Assert.True(StashPath.TryParse($"folder/{longest}/file", out _, out _));
        Assert.False(StashPath.TryParse(longest + "a", out _, out var error));
        Assert.Equal("A segment of the path is longer than 255 bytes.", error);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("é")]
    [InlineData("字")]
    [InlineData("😀")]
    public void Of_1024_bytes_is_taken_and_of_1025_is_not(string character)
    {
        var segment = Fill(character, 255);
        var longest = $"{segment}/{segment}/{segment}/{Fill(character, 254)}/a";
        Assert.Equal(1024, Encoding.UTF8.GetByteCount(longest));

        Assert.True(StashPath.TryParse(longest, out _, out _));
        Assert.False(StashPath.TryParse(longest + "a", out _, out var error));
        Assert.Equal("The path is longer than 1024 bytes.", error);
    }

    [Fact]
    public void Measures_it_as_it_is_kept_not_as_it_came()
    {
        var shrinks = string.Concat(Enumerable.Repeat("e\u0301", 127)); // 381 bytes, 254 composed.
        var grows = string.Concat(Enumerable.Repeat("\u0958", 43)); // 129 bytes, 258 composed: this letter only exists in two parts.

        Assert.True(StashPath.TryParse(shrinks, out _, out _));
        Assert.False(StashPath.TryParse(grows, out _, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Of_nothing_says_that_it_is_empty(string? text)
    {
        Assert.False(StashPath.TryParse(text, out _, out var error));
        Assert.Equal("The path is empty.", error);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/")]
    [InlineData("C:/Windows")]
    [InlineData("c:file")]
    [InlineData("\u212A:/kelvin")] // Composed, the Kelvin sign is a K, and K: is a drive.
    public void That_is_absolute_says_so(string text)
    {
        Assert.False(StashPath.TryParse(text, out _, out var error));
        Assert.Equal("The path is absolute; it must be relative to the stash.", error);
    }

    [Theory]
    [InlineData("a//b")]
    [InlineData("a/")]
    public void With_an_empty_segment_says_so(string text)
    {
        Assert.False(StashPath.TryParse(text, out _, out var error));
        Assert.StartsWith("The path has an empty segment", error, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_half_of_a_surrogate_pair_says_that_it_is_no_unicode() =>
        Gen.Select(Gen.Char['\uD800', '\uDFFF'], Text.Segment, Text.Segment).Sample((half, before, after) =>
        {
            Assert.False(StashPath.TryParse($"{before}{half}/{after}", out _, out var error));
            Assert.Equal("The path is not valid Unicode.", error);
        });

    [Fact]
    public void With_the_swapped_byte_order_mark_says_that_it_is_no_unicode()
    {
        // U+FFFE is no character, and normalisation refuses it.
        Assert.False(StashPath.TryParse("a\uFFFEb", out _, out var error));
        Assert.Equal("The path is not valid Unicode.", error);
    }

    [Theory]
    [InlineData("re\u202Efdp.md")]
    [InlineData("zero\u200Bwidth.md")]
    [InlineData("a\u2028b/c.md")]
    [InlineData("a/\u2066b\u2069.md")]
    [InlineData("\uFEFFa.md")]
    [InlineData("a\U000E0041.md")]
    public void With_a_character_that_hides_or_turns_others_says_so(string text)
    {
        Assert.False(StashPath.TryParse(text, out _, out var error));
        Assert.Equal("The path has a character that cannot be seen, or that turns the others round.", error);
    }

    [Fact]
    public void With_a_device_name_of_windows_is_refused_in_any_case_and_with_any_ending() =>
        Gen.Select(
            Gen.OneOf(
                "CON", "PRN", "AUX", "NUL", "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
                "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³", "CONIN$", "CONOUT$"),
            Gen.Bool,
            Gen.OneOf("", ".", ".md", ".tar.gz", " ", "  ", " .txt"))
        .Sample((name, lower, ending) =>
        {
            var segment = (lower ? name.ToLowerInvariant() : name) + ending;

            Assert.False(StashPath.TryParse($"folder/{segment}", out _, out var error));
            Assert.Equal($"'{segment}' is a reserved name on Windows.", error);
        });

    [Theory]
    [InlineData("console.md")]
    [InlineData("COM10")]
    [InlineData("COM")]
    [InlineData("LPT")]
    [InlineData(".con")]
    [InlineData("my con.md")]
    [InlineData("auxiliary/nul-check/prn_.txt")]
    public void With_a_name_that_only_looks_like_a_device_is_taken(string text) => Assert.Equal(text, Parse(text));

    [Theory]
    [InlineData(".claude/agents/code-reviewer.md")]
    [InlineData("...")]
    [InlineData("a..b/..c/d..")]
    [InlineData(" leading and trailing ")]
    [InlineData("what?.md")]
    [InlineData("12:30.md")]
    [InlineData("👩\u200D💻/❤\uFE0F.md")]
    [InlineData("می\u200Cخواهم.md")]
    public void With_what_is_unusual_but_allowed_is_taken_as_it_is(string text) => Assert.Equal(text, Parse(text));

    private static string Parse(string text)
    {
        Assert.True(StashPath.TryParse(text, out var path, out var error), error);

        return path;
    }

    private static string Fill(string character, int bytes)
    {
        var width = Encoding.UTF8.GetByteCount(character);

        return string.Concat(Enumerable.Repeat(character, bytes / width)) + new string('a', bytes % width);
    }
}
