using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Tests;

public sealed class LeavingAStash
{
    [Theory]
    [InlineData("../x")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a/..")]
    [InlineData("a\\..\\b")]
    [InlineData("a/..\\b")]
    [InlineData("/x")]
    [InlineData("\\x")]
    [InlineData("\\\\host\\share")]
    [InlineData("C:\\x")]
    [InlineData("z:x")]
    public void Is_seen(string text) => Assert.True(StashPath.Escapes(text));

    [Theory]
    [InlineData("a..b")]
    [InlineData("..a/b..")]
    [InlineData("...")]
    [InlineData("./a")]
    [InlineData("a//b")]
    [InlineData("ab:c")]
    [InlineData("1:c")]
    [InlineData("a\\b")]
    public void Is_not_what_a_strange_path_does(string text) => Assert.False(StashPath.Escapes(text));

    [Fact]
    public void Is_never_what_a_path_does_that_is_taken() => Gen.OneOf("/", "\\", "..", ".", ":", "C", "a", "é").Array[1, 8].Sample(pieces =>
    {
        var text = string.Concat(pieces);
        if (StashPath.Escapes(text))
        {
            Assert.False(StashPath.TryParse(text, out _, out _), text);
        }
    }, iter: 5000);
}
