using PromptStash.Stashes.Search;

namespace PromptStash.Stashes.Tests;

public sealed class MarkingASnippet
{
    [Fact]
    public void Separates_what_was_found_from_what_is_around_it() => Assert.Equal(
        [new SnippetSegment("Feed the ", false), new SnippetSegment("wombat", true), new SnippetSegment(" first.", false)],
        Assert.Single(SnippetMarks.Read("content", "Feed the \u0002wombat\u0003 first.")).Segments);

    [Fact]
    public void Gives_each_passage_on_its_own() => Assert.Equal(
        ["one", "two"], SnippetMarks.Read("content", "\u0002one\u0003\u0004\u0002two\u0003").Select(snippet => Assert.Single(snippet.Segments).Text));

    [Fact]
    public void Joins_the_characters_that_were_set_apart() => Assert.Equal(
        [new SnippetSegment("\u68C0", false), new SnippetSegment("\u6D4B\u8BD5", true), new SnippetSegment("\u7ED3 end", false)],
        Assert.Single(SnippetMarks.Read("content", "\u0006\u68C0\u0006\u0006\u0002\u6D4B\u0003\u0006\u0006\u0002\u8BD5\u0003\u0006\u0006\u7ED3\u0006 end")).Segments);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Of_nothing_is_nothing(string? marked) => Assert.Empty(SnippetMarks.Read("description", marked));

    [Fact]
    public void Loses_no_character_and_leaves_no_mark() => Gen.Char["ab <\u0002\u0003\u0004\u0005\u0006"].Array[0, 40].Select(chars => new string(chars)).Sample(marked =>
        Assert.Equal(
            string.Concat(marked.Where(c => c is not ('\u0002' or '\u0003' or '\u0004' or '\u0006'))).Replace('\u0005', '<'),
            string.Concat(SnippetMarks.Read("content", marked).SelectMany(snippet => snippet.Segments).Select(segment => segment.Text))));
}
