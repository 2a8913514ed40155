namespace PromptStash.IntegrationTests.Files;

public sealed class ReadingFiles(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("/raw")]
    public async Task Of_the_version_one_has_is_answered_with_304(string form)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "same.md", "x");
        var tag = await TagAsync(ada, $"{file}{form}");

        var response = await ReadAsync(ada, $"{file}{form}", tag);

        Assert.Equal((HttpStatusCode.NotModified, tag), (response.StatusCode, response.Headers.ETag?.Tag));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/raw")]
    public async Task Of_a_newer_version_is_answered_with_it(string form)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "new.md", "x");
        var tag = await TagAsync(ada, $"{file}{form}");
        await ada.PutContentAsync(file, "\"v1\"", "y");

        var response = await ReadAsync(ada, $"{file}{form}", tag);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("\"v2", response.Headers.ETag?.Tag, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_anything_but_the_content_has_changed_is_answered_anew_and_the_bytes_are_not()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "named.md", "x");
        var (tag, rawTag) = (await TagAsync(ada, $"{file}"), await TagAsync(ada, $"{file}/raw"));
        await (await ada.PutAsJsonAsync($"/api/v1/files/{file}/labels/stable", new { version = 1 }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        var details = await ReadAsync(ada, $"{file}", tag);
        var raw = await ReadAsync(ada, $"{file}/raw", rawTag);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (details.StatusCode, raw.StatusCode));
        Assert.NotEqual(tag, details.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task Gives_a_tag_under_which_the_content_may_be_replaced_although_a_label_has_moved()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "named.md", "x");
        var tag = await TagAsync(ada, $"{file}");
        await (await ada.PutAsJsonAsync($"/api/v1/files/{file}/labels/stable", new { version = 1 }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        var response = await ada.PutContentAsync(file, tag, "y");

        await response.ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Raw_has_the_version_alone_for_a_tag()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "raw.md", "x");

        Assert.Equal("\"v1\"", await TagAsync(ada, $"{file}/raw"));
    }

    [Fact]
    public async Task Raw_is_plain_text_that_no_browser_runs()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "page \u00E9.html", "<script>alert(1)</script>");

        var response = await ada.GetAsync($"/api/v1/files/{file}/raw", Cancelled);

        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("page \u00E9.html", response.Content.Headers.ContentDisposition?.FileNameStar);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
    }

    [Fact]
    public async Task Of_a_deleted_one_is_404_also_for_who_has_its_ETag()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "gone.md", "x");
        (await ada.DeleteAsync($"/api/v1/files/{file}", Cancelled)).EnsureSuccessStatusCode();

        Assert.Equal(HttpStatusCode.NotFound, (await ReadAsync(ada, $"{file}", "\"v1\"")).StatusCode);
    }

    [Fact]
    public async Task In_a_list_is_in_byte_order_of_the_paths_and_without_contents()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        string[] paths = ["b.md", "a/z.md", "a.md", "B.md2", "\u00E9.md", "a-b.md", "a/Z2.md"];
        foreach (var path in paths)
        {
            await ada.CreateFileAsync(stash, path, "x");
        }

        var listed = new List<JsonElement>();
        string? next = null;
        do
        {
            var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/files?limit=2{(next is null ? "" : "&after=" + next)}", Cancelled);
            listed.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal(paths.Order(StringComparer.Ordinal), listed.Select(file => file.GetProperty("path").GetString()));
        Assert.All(listed, file => Assert.False(file.TryGetProperty("content", out _)));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=many")]
    [InlineData("after=%21%21")]
    public async Task In_a_list_with_bad_paging_is_refused(string query)
    {
        using var ada = await app.SignInAsync();

        var response = await ada.GetAsync($"/api/v1/stashes/{await ada.DefaultStashAsync()}/files?{query}", Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static async Task<string> TagAsync(HttpClient client, string file) =>
        (await client.GetAsync($"/api/v1/files/{file}", Cancelled)).Headers.ETag!.Tag;

    private static Task<HttpResponseMessage> ReadAsync(HttpClient client, string file, string ifNoneMatch) =>
        client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"/api/v1/files/{file}") { Headers = { { "If-None-Match", ifNoneMatch } } }, Cancelled);
}
