using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class PreviewingFiles(PromptStashApp app)
{
    /// <summary>One a line: what has made a browser run something somewhere, in HTML, in Markdown and in both.</summary>
    private const string Payloads =
        """"
        <script>alert(1)</script>
        <SCRIPT SRC=//evil.example/x.js></SCRIPT>
        <scr<script>ipt>alert(1)</scr</script>ipt>
        <img src=x onerror=alert(1)>
        <img src="x" onerror="alert(1)" />
        <IMG SRC=javascript:alert(1)>
        <IMG SRC="jav&#x09;ascript:alert(1);">
        <IMG """><SCRIPT>alert(1)</SCRIPT>">
        <img/src="x"/onerror=alert(1)>
        <svg onload=alert(1)>
        <svg/onload=alert(1)>
        <svg><script>alert(1)</script></svg>
        <svg><script xlink:href=data:,alert(1) />
        <svg><animate onbegin=alert(1) attributeName=x dur=1s>
        <svg><a xlink:href="javascript:alert(1)"><text x="20" y="20">x</text></a></svg>
        <svg><set attributeName=href to=javascript:alert(1)>
        <svg><foreignObject><body onload=alert(1)></foreignObject></svg>
        <svg><use href="data:image/svg+xml;base64,PHN2Zz4=#x">
        <math><mi//xlink:href="data:x,<script>alert(1)</script>">
        <math href="javascript:alert(1)">x</math>
        <math><mtext><table><mglyph><style><img src=x onerror=alert(1)>
        <body onload=alert(1)>
        <body background="javascript:alert(1)">
        <iframe src=javascript:alert(1)></iframe>
        <iframe srcdoc="<script>alert(1)</script>"></iframe>
        <iframe src="data:text/html,<script>alert(1)</script>"></iframe>
        <object data="javascript:alert(1)"></object>
        <object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>
        <embed src="javascript:alert(1)">
        <embed src="data:image/svg+xml;base64,PHN2Zz4=">
        <applet code="x"></applet>
        <form action="javascript:alert(1)"><input type=submit></form>
        <form><button formaction="javascript:alert(1)">x</button></form>
        <input autofocus onfocus=alert(1)>
        <input type="image" src="javascript:alert(1)">
        <select autofocus onfocus=alert(1)>
        <textarea autofocus onfocus=alert(1)>
        <keygen autofocus onfocus=alert(1)>
        <video><source onerror="alert(1)"></video>
        <video src=x onerror=alert(1)></video>
        <video poster=javascript:alert(1)></video>
        <audio src=x onerror=alert(1)>
        <details open ontoggle=alert(1)>
        <marquee onstart=alert(1)>
        <meter onmouseover=alert(1)>0</meter>
        <div style="background:url(javascript:alert(1))">
        <div style="width:expression(alert(1))">
        <div onmouseover="alert(1)">x</div>
        <div onclick=alert(1) style=position:fixed;inset:0>x</div>
        <style>@import 'javascript:alert(1)';</style>
        <style>body{background:url("//evil.example/x")}</style>
        <link rel=stylesheet href="javascript:alert(1)">
        <link rel="import" href="data:text/html,<script>alert(1)</script>">
        <meta http-equiv="refresh" content="0;url=javascript:alert(1)">
        <meta http-equiv="refresh" content="0;url=//evil.example/">
        <base href="javascript:alert(1)//">
        <base href="//evil.example/">
        <table background="javascript:alert(1)"><td>x</td></table>
        <td background="javascript:alert(1)">x</td>
        <a href="javascript:alert(1)">x</a>
        <a href="JaVaScRiPt:alert(1)">x</a>
        <a href="java&#0000115;cript:alert(1)">x</a>
        <a href=" &#14; javascript:alert(1)">x</a>
        <a href="javascript&colon;alert(1)">x</a>
        <a href="vbscript:msgbox(1)">x</a>
        <a href="data:text/html,<script>alert(1)</script>">x</a>
        <a href="#" onclick=alert(1)>x</a>
        <a href="feed:javascript:alert(1)">x</a>
        <a href="blob:null/x">x</a>
        <a href="file:///etc/passwd">x</a>
        <a target="_blank" href="https://evil.example/" ping="//evil.example/p">x</a>
        <noscript><p title="</noscript><img src=x onerror=alert(1)>">
        <template><script>alert(1)</script></template>
        <title><img src=x onerror=alert(1)></title>
        <textarea><img title="</textarea><img src=x onerror=alert(1)>">
        <!--><script>alert(1)</script>-->
        <!-- --!><script>alert(1)</script> -->
        <!--[if IE]><script>alert(1)</script><![endif]-->
        <?xml version="1.0"?><script>alert(1)</script>
        <![CDATA[<script>alert(1)</script>]]>
        <xss id=x onfocus=alert(1) tabindex=1>
        <x contenteditable onblur=alert(1)>x</x>
        <portal src="javascript:alert(1)">
        <slot onslotchange=alert(1)>
        <isindex type=image src=1 onerror=alert(1)>
        <frameset onload=alert(1)>
        <frameset><frame src="javascript:alert(1)"></frameset>
        [x](javascript:alert(1))
        [x](JAVASCRIPT:alert(1))
        [x]( javascript:alert(1))
        [x](<javascript:alert(1)>)
        [x](javascript&#58;alert(1))
        [x](javas&#99;ript:alert(1))
        [x](java&NewLine;script:alert(1))
        [x](java&Tab;script:alert(1))
        [x](\x6Aavascript:alert(1))
        [x](vbscript:msgbox(1))
        [x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
        [x](file:///etc/passwd)
        [x](blob:null/x)
        [x](https://ok.example/ "onclick=alert(1)")
        [x](https://ok.example/"onmouseover="alert(1))
        [x](https://ok.example/'><script>alert(1)</script>)
        ![x](javascript:alert(1))
        ![x](https://evil.example/pixel.png)
        ![x](data:image/svg+xml,<svg onload=alert(1)>)
        ![x"onerror="alert(1)](x)
        ![](x "onerror=alert(1)")
        <javascript:alert(1)>
        <JaVaScRiPt:alert(1)>
        <vbscript:msgbox(1)>
        <data:text/html,alert(1)>
        [x]: javascript:alert(1)
        [x][y]
        [a]: data:text/html,<script>alert(1)</script>
        # <img src=x onerror=alert(1)>
        > <img src=x onerror=alert(1)>
        - <img src=x onerror=alert(1)>
        | <img src=x onerror=alert(1)> | [x](javascript:alert(1)) |
        `<script>alert(1)</script>`
        **<svg onload=alert(1)>**
        [<img src=x onerror=alert(1)>](https://ok.example/)
        [![x](javascript:alert(1))](javascript:alert(2))
        &lt;script&gt;alert(1)&lt;/script&gt;
        &#60;script&#62;alert(1)&#60;/script&#62;
        javascript:alert(1)
        www.ok.example/javascript:alert(1)
        https://ok.example/"><script>alert(1)</script>
        <p/onclick=alert(1)>x
        </p><script>alert(1)</script>
        ```html"><script>alert(1)</script>
        ~~~ onclick=alert(1)
        """";

    private static readonly HashSet<string> Tags = new(
        ["a", "blockquote", "body", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "html", "li", "meta", "ol", "p", "pre", "strong",
         "table", "tbody", "td", "th", "thead", "title", "tr", "ul"], StringComparer.Ordinal);

    private static readonly HashSet<string> Attributes = new(["href", "rel", "title", "start", "lang", "charset"], StringComparer.Ordinal);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "H21: Leaves nothing of over a hundred attacks but text and plain links")]
    public async Task Leaves_nothing_of_over_a_hundred_attacks_but_text_and_plain_links()
    {
        var payloads = Payloads.Split('\n');
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
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "attacks.md", Payloads.Replace("\n", "\n\n", StringComparison.Ordinal));

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
