namespace PromptStash.IntegrationTests.Versions;

public sealed class ComparingVersions(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_what_patch_applies()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a b/c.md", "one\r\ntwo\nthree");
        await ada.PutContentAsync(file, "\"v1\"", "one\r\n2\nthree\n");

        var response = await ada.GetAsync($"/api/v1/files/{file}/diff?from=1&to=2", Cancelled);

        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            "--- a/a b/c.md\tv1\n+++ b/a b/c.md\tv2\n@@ -1,3 +1,3 @@\n one\r\n-two\n-three\n\\ No newline at end of file\n+2\n+three\n",
            await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task Answers_hunks_as_JSON()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "1\n2\n3\n");
        await ada.PutContentAsync(file, "\"v1\"", "1\nzwei\n3\n4");

        var diff = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/diff?from=1&format=json&context=0", Cancelled);

        Assert.Equal(
            (1, 2, 2, 1, 2),
            (diff.GetProperty("from").GetInt32(), diff.GetProperty("to").GetInt32(), diff.GetProperty("added").GetInt32(),
                diff.GetProperty("removed").GetInt32(), diff.GetProperty("hunks").GetArrayLength()));
        var line = diff.GetProperty("hunks")[1].GetProperty("lines")[0];
        Assert.Equal(("INSERT", "4", true), (line.GetProperty("op").GetString(), line.GetProperty("text").GetString(), line.GetProperty("noNewline").GetBoolean()));
    }

    [Fact]
    public async Task By_label_and_backwards_works_too()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "1\n");
        await ada.PutContentAsync(file, "\"v1\"", "2\n");
        await ada.PutAsJsonAsync($"/api/v1/files/{file}/labels/stable", new { version = 1 }, Cancelled);

        var diff = await ada.GetStringAsync($"/api/v1/files/{file}/diff?from=latest&to=stable", Cancelled);

        Assert.EndsWith("@@ -1,1 +1,1 @@\n-2\n+1\n", diff, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_the_same_content_is_empty()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "1\n");

        Assert.Equal("", await ada.GetStringAsync($"/api/v1/files/{file}/diff?from=1&to=latest", Cancelled));
    }

    [Theory]
    [InlineData("from=1&to=2", HttpStatusCode.NotFound)]
    [InlineData("from=stable", HttpStatusCode.NotFound)]
    [InlineData("from=1&to=No!", HttpStatusCode.BadRequest)]
    [InlineData("to=1", HttpStatusCode.BadRequest)]
    [InlineData("from=1&format=html", HttpStatusCode.BadRequest)]
    [InlineData("from=1&format=7", HttpStatusCode.BadRequest)]
    [InlineData("from=1&context=-1", HttpStatusCode.BadRequest)]
    public async Task That_cannot_be_found_or_read_is_refused(string query, HttpStatusCode expected)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "1\n");

        Assert.Equal(expected, (await ada.GetAsync($"/api/v1/files/{file}/diff?{query}", Cancelled)).StatusCode);
    }

    [Theory]
    [InlineData(1024 * 1024 + 1, "bytes")]
    [InlineData(20_001 * 2, "lines")]
    public async Task That_are_too_large_is_refused_with_the_limit(int size, string unit)
    {
        using var ada = await app.SignInAsync();
        var text = unit == "bytes" ? new string('x', size) : string.Concat(Enumerable.Repeat("x\n", size / 2));
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", text);

        var problem = await (await ada.GetAsync($"/api/v1/files/{file}/diff?from=1", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Contains(unit, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_another_users_file_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "1\n");

        Assert.Equal(HttpStatusCode.NotFound, (await eve.GetAsync($"/api/v1/files/{file}/diff?from=1", Cancelled)).StatusCode);
    }
}
