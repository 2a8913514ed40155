using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace PromptStash.BuildingBlocks.Tests;

public sealed class AskingForAVersion
{
    private static readonly Gen<int> Version = Gen.Int[1, int.MaxValue];

    [Fact]
    public void By_its_own_tag_matches_it() => Version.Sample(version =>
    {
        Assert.True(ETags.TryReadIfMatch(Request(ifMatch: ETags.Of(version)), out var any, out var versions));
        Assert.False(any);
        Assert.Equal([version], versions);
        Assert.True(ETags.IsNotModified(Request(ifNoneMatch: ETags.Of(version)), ETags.Of(version)));
    });

    [Fact]
    public void By_another_ones_tag_does_not_match_it() => Gen.Select(Version, Version).Where((one, other) => one != other).Sample((one, other) =>
    {
        ETags.TryReadIfMatch(Request(ifMatch: ETags.Of(other)), out _, out var versions);

        Assert.DoesNotContain(one, versions);
        Assert.False(ETags.IsNotModified(Request(ifNoneMatch: ETags.Of(other)), ETags.Of(one)));
    });

    [Fact]
    public void By_a_list_matches_each_of_it() => Version.Array[1, 5].Sample(wanted =>
    {
        var list = string.Join(", ", wanted.Select(version => ETags.Of(version)));

        Assert.True(ETags.TryReadIfMatch(Request(ifMatch: list), out _, out var versions));
        Assert.Equal(wanted, versions);
        Assert.All(wanted, version => Assert.True(ETags.IsNotModified(Request(ifNoneMatch: list), ETags.Of(version))));
    });

    [Fact]
    public void By_the_tag_of_an_answer_that_shows_more_than_it_is_enough_to_replace_it() => Gen.Select(Version, Gen.Byte.Array).Sample((version, others) =>
    {
        Assert.True(ETags.TryReadIfMatch(Request(ifMatch: ETags.Of(version, others)), out _, out var versions));
        Assert.Equal([version], versions);
    });

    [Fact]
    public void By_the_tag_of_an_answer_reads_that_answer_again_and_no_other() =>
        Gen.Select(Version, Gen.Byte.Array, Gen.Byte.Array).Where((_, one, other) => !one.AsSpan().SequenceEqual(other)).Sample((version, one, other) =>
        {
            var request = Request(ifNoneMatch: ETags.Of(version, one));

            Assert.True(ETags.IsNotModified(request, ETags.Of(version, one)));
            Assert.False(ETags.IsNotModified(request, ETags.Of(version, other)));
            Assert.False(ETags.IsNotModified(request, ETags.Of(version)));
        });

    [Fact]
    public void By_a_star_matches_any_version()
    {
        Assert.True(ETags.TryReadIfMatch(Request(ifMatch: "*"), out var any, out _));
        Assert.True(any);
        Assert.True(ETags.IsNotModified(Request(ifNoneMatch: "*"), ETags.Of(7)));
    }

    [Fact]
    public void Weakly_is_enough_to_read_it_and_not_enough_to_replace_it()
    {
        Assert.True(ETags.TryReadIfMatch(Request(ifMatch: "W/\"v7\""), out var any, out var versions));
        Assert.False(any);
        Assert.Empty(versions);
        Assert.True(ETags.IsNotModified(Request(ifNoneMatch: "W/\"v7\""), ETags.Of(7)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(" , ,")]
    public void By_nothing_is_not_asking(string? header)
    {
        Assert.False(ETags.TryReadIfMatch(Request(ifMatch: header), out _, out _));
        Assert.False(ETags.IsNotModified(Request(ifNoneMatch: header), ETags.Of(7)));
    }

    [Theory]
    [InlineData("v7")]
    [InlineData("\"7\"")]
    [InlineData("\"V7\"")]
    [InlineData("\"v\"")]
    [InlineData("\"v+7\"")]
    [InlineData("\"v-7\"")]
    [InlineData("\"v 7\"")]
    [InlineData("\"v7.0\"")]
    [InlineData("\"v٧\"")] // Seven in Arabic.
    [InlineData("\"v99999999999\"")]
    [InlineData("7")]
    [InlineData("\"v7")]
    [InlineData("W/")]
    [InlineData("W/  ")] // The framework's parser throws.
    [InlineData("\"a,v7\"")]
    [InlineData("\"v7-\"")]
    [InlineData("\"v7-0123456789abcde\"")]
    [InlineData("\"v7-0123456789abcdef0\"")]
    [InlineData("\"v7-0123456789ABCDEF\"")]
    [InlineData("\"v-0123456789abcdef\"")]
    [InlineData("\"v7-01234567-9abcdef\"")]
    public void By_a_tag_that_is_not_ours_is_asking_and_matches_nothing(string header)
    {
        Assert.True(ETags.TryReadIfMatch(Request(ifMatch: header), out var any, out var versions));
        Assert.False(any);
        Assert.Empty(versions);
        Assert.False(ETags.IsNotModified(Request(ifNoneMatch: header), ETags.Of(7)));
    }

    [Fact]
    public void By_any_text_never_fails() => Gen.OneOf(Gen.String, Gen.String[Gen.Char["\"vW/*, 0179"], 0, 20]).Sample(header =>
    {
        ETags.TryReadIfMatch(Request(ifMatch: header), out _, out _);
        ETags.IsNotModified(Request(ifNoneMatch: header), ETags.Of(7));
    }, iter: 50_000);

    [Fact]
    public void Does_not_depend_on_the_language_of_the_machine()
    {
        CultureInfo.CurrentCulture = new CultureInfo("ar-SA");

        Assert.Equal("\"v1234567\"", ETags.Of(1_234_567));
    }

    private static HttpRequest Request(string? ifMatch = null, string? ifNoneMatch = null)
    {
        var request = new DefaultHttpContext().Request;
        if (ifMatch is not null)
        {
            request.Headers["If-Match"] = ifMatch;
        }

        if (ifNoneMatch is not null)
        {
            request.Headers["If-None-Match"] = ifNoneMatch;
        }

        return request;
    }
}
