namespace PromptStash.IntegrationTests.Validation;

public sealed class FixingFiles(PromptStashApp app)
{
    private const string Broken = """{"mcpServers": {"docs": {"url": "https://docs.example.com/mcp", "headers": {"X-Key": " a "}}}}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_a_version_that_has_the_findings_no_more()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".mcp.json", Broken);

        var response = await FixAsync(ada, file, "\"v1\"");

        var answer = await response.ReadAsync(HttpStatusCode.OK);
        Assert.Equal(["mcp-url-without-type", "mcp-whitespace"], answer.GetProperty("fixed").EnumerateArray().Select(code => code.GetString()));
        Assert.Equal("\"v2\"", response.Headers.ETag?.Tag);
        Assert.Equal(2, answer.GetProperty("file").GetProperty("version").GetInt32());
        var stored = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled);
        Assert.Equal(
            """{"mcpServers": {"docs": {"type": "http", "url": "https://docs.example.com/mcp", "headers": {"X-Key": "a"}}}}""", stored.GetProperty("content").GetString());
        Assert.Equal(0, stored.GetProperty("findings").GetProperty("errors").GetInt32());
    }

    [Fact]
    public async Task Says_in_the_version_what_was_fixed()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".mcp.json", Broken);

        await (await FixAsync(ada, file, "\"v1\"")).ReadAsync(HttpStatusCode.OK);

        var version = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions/2", Cancelled);
        Assert.Equal("Fixed: mcp-url-without-type, mcp-whitespace", version.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Of_some_codes_leaves_the_others_alone()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".mcp.json", Broken);

        var answer = await (await FixAsync(ada, file, "\"v1\"", "mcp-whitespace")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["mcp-whitespace"], answer.GetProperty("fixed").EnumerateArray().Select(code => code.GetString()));
        Assert.Equal(1, answer.GetProperty("file").GetProperty("findings").GetProperty("errors").GetInt32());
    }

    [Fact]
    public async Task With_nothing_to_fix_makes_no_version()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "notes.md", "Hello");

        var answer = await (await FixAsync(ada, file, "\"v1\"")).ReadAsync(HttpStatusCode.OK);

        Assert.Empty(answer.GetProperty("fixed").EnumerateArray());
        Assert.Equal(1, answer.GetProperty("file").GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Of_a_version_someone_else_has_replaced_is_refused_and_changes_nothing()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".mcp.json", Broken);
        await (await ada.PutContentAsync(file, "\"v1\"", Broken + "\n")).ReadAsync(HttpStatusCode.OK);

        var response = await FixAsync(ada, file, "\"v1\"");

        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
        Assert.Equal(Broken + "\n", (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).GetProperty("content").GetString());
    }

    [Fact]
    public async Task Without_a_version_is_refused()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".mcp.json", Broken);

        Assert.Equal(HttpStatusCode.PreconditionRequired, (await FixAsync(ada, file, ifMatch: null)).StatusCode);
    }

    [Fact]
    public async Task Of_a_code_that_is_none_is_refused()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".mcp.json", Broken);

        Assert.Equal(HttpStatusCode.BadRequest, (await FixAsync(ada, file, "\"v1\"", "everything")).StatusCode);
    }

    [Fact]
    public async Task Of_more_codes_than_are_allowed_is_refused()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxFixCodes", "2"));
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".mcp.json", Broken);

        var refused = await FixAsync(ada, file, "\"v1\"", "mcp-whitespace", "mcp-url-without-type", "mcp-whitespace");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("at most 2 codes", await refused.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        await (await FixAsync(ada, file, "\"v1\"", "mcp-whitespace", "mcp-url-without-type")).ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_another_users_file_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".mcp.json", Broken);

        Assert.Equal(HttpStatusCode.NotFound, (await FixAsync(eve, file, "\"v1\"")).StatusCode);
    }

    private static Task<HttpResponseMessage> FixAsync(HttpClient client, Guid file, string? ifMatch, params string[] codes)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/files/{file}/fix") { Content = JsonContent.Create(new { codes = codes.Length == 0 ? null : codes }) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return client.SendAsync(request, Cancelled);
    }
}
