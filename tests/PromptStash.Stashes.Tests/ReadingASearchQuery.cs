using PromptStash.Stashes.Search;

namespace PromptStash.Stashes.Tests;

public sealed class ReadingASearchQuery
{
    private const int MaxLength = 500;
    private const int MaxParts = 32;

    [Theory]
    [InlineData("diff", SearchTermKind.Word, "diff", false)]
    [InlineData("-diff", SearchTermKind.Word, "diff", true)]
    [InlineData("\"read the diff\"", SearchTermKind.Phrase, "read the diff", false)]
    [InlineData("-\"read the diff\"", SearchTermKind.Phrase, "read the diff", true)]
    [InlineData("revi*", SearchTermKind.Prefix, "revi", false)]
    [InlineData("code-reviewer.md", SearchTermKind.Word, "code-reviewer.md", false)]
    [InlineData("\"kind:agent\"", SearchTermKind.Phrase, "kind:agent", false)]
    [InlineData("cafe\u0301", SearchTermKind.Word, "caf\u00E9", false)]
    internal void Understands_a_term(string text, SearchTermKind kind, string value, bool excluded) =>
        Assert.Contains(new SearchTerm(kind, value, excluded), Parse(text + " other").Terms);

    [Theory]
    [InlineData("kind:agent", "kind", "AGENT", false)]
    [InlineData("kind:output-style", "kind", "OUTPUT_STYLE", false)]
    [InlineData("Kind:Output_Style", "kind", "OUTPUT_STYLE", false)]
    [InlineData("-tag:review", "tag", "review", true)]
    [InlineData("tag:\"to do\"", "tag", "to do", false)]
    [InlineData("path:skills/", "path", "skills/", false)]
    [InlineData("path:skills/cafe\u0301", "path", "skills/caf\u00E9", false)]
    [InlineData("model:opus", "model", "opus", false)]
    [InlineData("tools:Bash", "tools", "Bash", false)]
    [InlineData("scope:Project", "scope", "PROJECT", false)]
    [InlineData("-since:2026-11-01", "since", "2026-11-01T00:00:00.0000000+00:00", true)]
    [InlineData("since:2026-11-01T10:30:00+01:00", "since", "2026-11-01T09:30:00.0000000+00:00", false)]
    public void Understands_a_filter(string text, string name, string value, bool excluded) =>
        Assert.Equal([new SearchFilter(name, value, excluded)], Parse(text + " other").Filters);

    [Theory]
    [InlineData("", "Say what to find: a word, a \"phrase\", a prefix*, or a filter such as kind:agent.")]
    [InlineData("-not -this", "Say what to find: a word, a \"phrase\", a prefix*, or a filter such as kind:agent.")]
    [InlineData("one \"two three", "At character 5: the quotation mark has no other one behind it.")]
    [InlineData("one - two", "At character 5: '-' needs a term right behind it.")]
    [InlineData("one *", "At character 5: there is no letter or digit to find.")]
    [InlineData("one kind:", "At character 5: 'kind:' needs a value right behind it.")]
    [InlineData("one colour:red", "At character 5: there is no filter 'colour'; there are kind, tag, path, model, tools, scope, since. To find a colon in a text, put it in quotation marks.")]
    [InlineData("one scope:all", "At character 5: there is no such scope; there are USER, PROJECT, PLUGIN, MARKETPLACE.")]
    [InlineData("one since:yesterday", "At character 5: 'since:' needs a day such as 2026-11-01, or a time such as 2026-11-01T09:30:00Z.")]
    [InlineData("one\u0001two", "At character 4: a control character.")]
    public void Says_what_is_wrong_and_where(string text, string expected)
    {
        Assert.False(SearchQuery.TryParse(text, MaxLength, MaxParts, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Names_the_kinds_that_there_are() =>
        Assert.Contains("AGENT, SKILL", Refused("kind:robot"), StringComparison.Ordinal);

    [Fact]
    public void Refuses_half_a_surrogate_pair() => Assert.Equal("The query is not valid Unicode.", Refused("one\uD800two"));

    [Fact]
    public void Refuses_more_characters_than_allowed() =>
        Assert.Equal("The query is longer than 500 characters.", Refused(new string('a', MaxLength + 1)));

    [Fact]
    public void Refuses_more_parts_than_allowed() =>
        Assert.Equal("The query has more than 32 terms and filters.", Refused(string.Join(' ', Enumerable.Repeat("a", MaxParts + 1))));

    [Fact]
    public void Of_any_text_understands_it_or_says_why_not() => Gen.String[0, 60].Sample(text =>
        Assert.Equal(SearchQuery.TryParse(text, MaxLength, MaxParts, out _, out var error), error.Length == 0));

    [Fact]
    public void Loses_no_part_of_what_was_asked_for()
    {
        var word = Gen.Char["abcXYZ019"].Array[1, 8].Select(chars => new string(chars));
        var term = Gen.Select(word, Gen.Enum<SearchTermKind>(), Gen.Bool, (text, kind, excluded) => new SearchTerm(kind, text, excluded));
        var filter = Gen.Select(word, Gen.OneOf("tag", "path", "model", "tools"), Gen.Bool, (text, name, excluded) => new SearchFilter(name, text, excluded));

        Gen.Select(term.Array[1, 10], filter.Array[0, 10]).Sample((terms, filters) =>
        {
            var query = Parse(string.Join("  ", terms.Select(Write).Concat(filters.Select(Write)).Append("other")));

            Assert.Equal(terms, query.Terms.SkipLast(1));
            Assert.Equal(filters, query.Filters);
        });
    }

    private static string Write(SearchTerm term) => (term.Excluded ? "-" : "") + term.Kind switch
    {
        SearchTermKind.Phrase => $"\"{term.Text}\"",
        SearchTermKind.Prefix => term.Text + "*",
        _ => term.Text,
    };

    private static string Write(SearchFilter filter) => $"{(filter.Excluded ? "-" : "")}{filter.Name}:{filter.Value}";

    private static SearchQuery Parse(string text)
    {
        Assert.True(SearchQuery.TryParse(text, MaxLength, MaxParts, out var query, out var error), error);

        return query;
    }

    private static string Refused(string text)
    {
        Assert.False(SearchQuery.TryParse(text, MaxLength, MaxParts, out _, out var error));

        return error;
    }
}
