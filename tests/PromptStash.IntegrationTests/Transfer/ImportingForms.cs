namespace PromptStash.IntegrationTests.Transfer;

public sealed class ImportingForms(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_the_name_of_the_field_or_of_the_file_for_the_path()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var result = await (await SendAsync(
            ada, stash, ("docs/a.md", "a.md", "1"), ("files", "docs/b.md", "2"), ("file", "r\u00E9sum\u00E9.md", "3"), ("c.md", null, "4"))).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(4, result.GetProperty("created").GetInt32());
        Assert.Equal(["c.md", "docs/a.md", "docs/b.md", "r\u00E9sum\u00E9.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Keeps_contents_to_the_byte()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await (await SendAsync(ada, stash, ("a.md", "a", "\uFEFF1\r\n\r\n"), ("b.md", "b", ""))).ReadAsync(HttpStatusCode.OK);

        var archive = StashClient.Unzip(await ada.ExportAsync(stash));
        Assert.Equal("\uFEFF1\r\n\r\n"u8.ToArray(), archive["a.md"]);
        Assert.Empty(archive["b.md"]);
    }

    [Theory]
    [InlineData("../a.md", "The archive has a path that leads out of it: '../a.md'.")]
    [InlineData("/etc/passwd", "The archive has a path that leads out of it: '/etc/passwd'.")]
    public async Task Refuses_a_path_that_leads_out_and_changes_nothing(string path, string expected)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var problem = await (await SendAsync(ada, stash, ("ok.md", "ok.md", "1"), (path, "x", "2"))).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal(expected, problem.GetProperty("detail").GetString());
        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Refuses_more_files_than_an_archive_may_have()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxArchiveEntries", "2"));
        using var ada = await app.SignInAsync(api);

        var problem = await (await SendAsync(
            ada, await ada.DefaultStashAsync(), ("a.md", "a", "1"), ("b.md", "b", "2"), ("c.md", "c", "3"))).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("The form has more than 2 files.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"a.md\"\r\n\r\n1", "The form is damaged, or cut off.")]
    [InlineData("--x\r\n\r\n1\r\n--x--\r\n", "A part of the form has no name.")]
    public async Task Refuses_a_damaged_form(string body, string expected)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        using var content = new StringContent(body);
        content.Headers.ContentType = new("multipart/form-data") { Parameters = { new("boundary", "x") } };

        var problem = await (await ada.PostAsync($"/api/v1/stashes/{stash}/import", content, Cancelled)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal(expected, problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("name=\"files\"; filename=\"dir/q%22uote.md\"", "dir/q\"uote.md")] // a browser
    [InlineData("name=\"dir/q%22uote.md\"; filename=\"a\"", "dir/q\"uote.md")]
    [InlineData("name=\"files\"; filename=\"back\\\"slash.md\"", "back\"slash.md")] // curl
    [InlineData("name=\"back\\\"slash.md\"", "back\"slash.md")]
    [InlineData("name=\"files\"; filename=\"100%25 %41.md\"", "100%25 %41.md")]
    [InlineData("name=\"files\"; filename=a%22b.md", "a%22b.md")]
    [InlineData("name=\"files\"; filename=\"a.md\"; filename*=UTF-8''r%C3%A9sum%C3%A9.md", "r\u00E9sum\u00E9.md")]
    public async Task Takes_a_name_as_it_was_before_it_was_quoted(string disposition, string path)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await (await SendAsync(ada, stash, disposition)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal([path], await ada.PathsAsync(stash));
    }

    [Theory]
    [InlineData("a%0Ab.md", "a\nb.md", "The path has a control character.")]
    [InlineData("a%0D%0Ab.md", "a\r\nb.md", "The path has a control character.")]
    [InlineData("back\\\\slash.md", "back\\slash.md", "The path has a backslash; segments are separated by '/'.")]
    [InlineData("back\\slash.md", "back\\slash.md", "The path has a backslash; segments are separated by '/'.")]
    public async Task Skips_a_file_whose_unquoted_name_breaks_a_rule(string quoted, string path, string reason)
    {
        using var ada = await app.SignInAsync();

        var result = await (await SendAsync(ada, await ada.DefaultStashAsync(), $"name=\"files\"; filename=\"{quoted}\"")).ReadAsync(HttpStatusCode.OK);

        var skipped = Assert.Single(result.GetProperty("skipped").EnumerateArray());
        Assert.Equal((path, reason), (skipped.Text("path"), skipped.Text("reason")));
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, Guid stash, string disposition)
    {
        using var content = new StringContent($"--x\r\nContent-Disposition: form-data; {disposition}\r\n\r\n1\r\n--x--\r\n");
        content.Headers.ContentType = new("multipart/form-data") { Parameters = { new("boundary", "x") } };

        return await client.PostAsync($"/api/v1/stashes/{stash}/import", content, Cancelled);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, Guid stash, params (string Field, string? File, string Content)[] parts)
    {
        var form = new MultipartFormDataContent();
        foreach (var (field, file, content) in parts)
        {
            var part = new StringContent(content);
            if (file is null)
            {
                form.Add(part, field);
            }
            else
            {
                form.Add(part, field, file);
            }
        }

        return client.PostAsync($"/api/v1/stashes/{stash}/import", form, Cancelled);
    }
}
