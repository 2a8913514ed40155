using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class PreviewingFiles(PromptStashApp app)
{
    private static readonly HashSet<string> Tags = new(
        ["a", "blockquote", "body", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "html", "li", "meta", "ol", "p", "pre", "strong",
         "table", "tbody", "td", "th", "thead", "title", "tr", "ul"], StringComparer.Ordinal);

    private static readonly HashSet<string> Attributes = new(["href", "rel", "title", "start", "lang", "charset"], StringComparer.Ordinal);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "H21: Leaves nothing of over a hundred attacks but text and plain links")]
    public async Task Leaves_nothing_of_over_a_hundred_attacks_but_text_and_plain_links()
    {
        var payloads = Attacks.All;
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Attacks");
        await (await ada.ImportAsync(stash, StashClient.Zip([.. payloads.Select((payload, number) => ($"{number}.md", payload))]))).ReadAsync(HttpStatusCode.OK);
        var link = await ada.LinkAsync("stash", stash);
        using var anybody = app.NewClient();
        await anybody.GetAsync(link.Path, Cancelled);

        Assert.InRange(payloads.Length, 100, int.MaxValue);
        for (var number = 0; number < payloads.Length; number++)
        {
            var page = await anybody.GetStringAsync($"{link.Path}/preview?path={number}.md", Cancelled);
            Assert.True(DangerIn(page) is null, $"{payloads[number]}\n{DangerIn(page)}\n{page}");
        }
    }

    [Fact(DisplayName = "H21: Leaves nothing of all attacks in one file")]
    public async Task Leaves_nothing_of_all_attacks_in_one_file()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "attacks.md", string.Join("\n\n", Attacks.All));

        Assert.Null(DangerIn(await ada.GetStringAsync($"/api/v1/files/{file}/preview", Cancelled)));
    }

    [Fact]
    public async Task Renders_what_Markdown_is_for()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(
            await ada.DefaultStashAsync(), "page.md", "---\nname: page\n---\n# Title\n\nSome *text* with a [link](https://ok.example/).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");

        var page = await ada.GetStringAsync($"/api/v1/files/{file}/preview", Cancelled);

        Assert.Multiple(
            () => Assert.Contains("<h1>Title</h1>", page, StringComparison.Ordinal),
            () => Assert.Contains("<em>text</em>", page, StringComparison.Ordinal),
            () => Assert.Contains("<a href=\"https://ok.example/\" rel=\"noopener noreferrer nofollow\">link</a>", page, StringComparison.Ordinal),
            () => Assert.Contains("<td>1</td>", page, StringComparison.Ordinal),
            () => Assert.DoesNotContain("name: page", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Shows_what_is_not_Markdown_as_it_is_written()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "run.sh", "echo '<b>' && ls\n");

        var page = await ada.GetStringAsync($"/api/v1/files/{file}/preview", Cancelled);

        Assert.Contains("<pre><code>echo &#x27;&lt;b&gt;&#x27; &amp;&amp; ls", page, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "H20: Is served into a sandbox in which nothing loads")]
    public async Task Is_served_into_a_sandbox_in_which_nothing_loads()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "page.md", "x");

        var response = await ada.GetAsync($"/api/v1/files/{file}/preview", Cancelled);

        Assert.Equal("default-src 'none'; frame-ancestors 'none'; sandbox", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
    }

    [Theory]
    [InlineData(">", 100_000)]
    [InlineData("x", 1024 * 1024 + 1)]
    public async Task Of_what_is_nested_too_deeply_or_too_long_is_refused(string text, int times)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "huge.md", string.Concat(Enumerable.Repeat(text, times)));

        await (await ada.GetAsync($"/api/v1/files/{file}/preview", Cancelled)).ReadAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact(DisplayName = "H15: Of somebody else's file looks as if it were not there")]
    public async Task Of_somebody_elses_file_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "hers.md", "x");

        Assert.Equal(HttpStatusCode.NotFound, (await eve.GetAsync($"/api/v1/files/{file}/preview", Cancelled)).StatusCode);
    }

    /// <summary>What a browser would find in the page that it should not; null when there is nothing.</summary>
    private static string? DangerIn(string page)
    {
        foreach (var element in new HtmlParser().ParseDocument(page).All)
        {
            if (!Tags.Contains(element.LocalName) || (element.LocalName == "meta" && element.Attributes.Length != 1))
            {
                return element.OuterHtml;
            }

            foreach (var attribute in element.Attributes)
            {
                var isSafe = attribute.LocalName != "href" || (Uri.TryCreate(attribute.Value, UriKind.RelativeOrAbsolute, out var address)
                    && (!address.IsAbsoluteUri || address.Scheme is "http" or "https" or "mailto"));
                if (!Attributes.Contains(attribute.LocalName) || !isSafe)
                {
                    return element.OuterHtml;
                }
            }
        }

        return null;
    }
}
