using System.Globalization;

namespace PromptStash.BuildingBlocks.Tests;

public sealed class PagingAList
{
    /// <summary>Any key that a row can have: text that PostgreSQL can hold.</summary>
    private static readonly Gen<string> Key = Gen.OneOf(Gen.Int[0x01, 0xD7FF], Gen.Int[0xE000, 0x10FFFF]).Array[0, 40]
        .Select(points => string.Concat(points.Select(char.ConvertFromUtf32)));

    [Fact]
    public void By_the_cursor_of_any_key_finds_that_key_again() => Key.Sample(key =>
    {
        Assert.True(Cursor.TryDecode(Cursor.Encode(key), out var decoded));
        Assert.Equal(key, decoded, StringComparer.Ordinal);
    }, iter: 5000);

    [Fact]
    public void Gives_out_cursors_that_need_no_escaping_in_an_address() =>
        Key.Sample(key => Assert.Matches("^[A-Za-z0-9_-]*$", Cursor.Encode(key)));

    [Fact]
    public void Gives_the_longest_path_a_cursor_that_is_read() =>
        Assert.True(Cursor.TryDecode(Cursor.Encode(new string('字', 341) + "a"), out _)); // 1,024 bytes.

    [Fact]
    public void Takes_no_cursor_that_it_did_not_make() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["ABab019-_=+/ \n\u00e9"], 0, 12]).Sample(text =>
        {
            if (Cursor.TryDecode(text, out var key))
            {
                Assert.Equal(text, Cursor.Encode(key!), StringComparer.Ordinal);
            }
        }, iter: 20_000);

    [Theory]
    [InlineData("!")] // Not base64url.
    [InlineData("A")] // Six bits are no byte.
    [InlineData("gA")] // Not UTF-8.
    [InlineData("7aCA")] // Half a character.
    [InlineData("AA")] // NUL.
    [InlineData("YQ==")] // Padded.
    [InlineData(" YQ ")] // Spaced.
    [InlineData("YR")] // Other bits than 'a' has where none belong.
    public void Refuses_a_cursor_that_somebody_made_up(string text) => Assert.False(Cursor.TryDecode(text, out _));

    [Fact]
    public void Refuses_a_cursor_that_is_too_long_to_be_one() =>
        Assert.False(Cursor.TryDecode(new string('A', Cursor.MaxLength + 4), out _));

    [Fact]
    public void Without_a_cursor_begins_at_the_beginning()
    {
        Assert.True(Cursor.TryDecode(null, out var key));
        Assert.Null(key);
    }

    [Fact]
    public void Page_by_page_meets_every_row_once_and_in_order() => Gen.Select(Gen.Int[0, 60], Gen.Int[1, 20]).Sample((count, limit) =>
    {
        var rows = Enumerable.Range(0, count).ToList();
        var met = new List<int>();
        string? after = null;
        do
        {
            Assert.True(Cursor.TryDecode(after, out var key));
            var last = key is null ? -1 : int.Parse(key, CultureInfo.InvariantCulture);
            var page = Page.Of(rows.Where(row => row > last).Take(limit + 1).ToList(), limit, row => row.ToString(CultureInfo.InvariantCulture));

            // Only the last page may be short, and no page is empty but the only one of an empty list.
            Assert.InRange(page.Items.Count, count == 0 ? 0 : 1, limit);
            Assert.True(page.Next is null || page.Items.Count == limit);
            met.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(rows, met);
    });
}
