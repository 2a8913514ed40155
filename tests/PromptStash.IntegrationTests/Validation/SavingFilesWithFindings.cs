namespace PromptStash.IntegrationTests.Validation;

public sealed class SavingFilesWithFindings(PromptStashApp app)
{
    private const string Path = ".claude/agents/reviewer.md";
    private const string Nameless = "---\ndescription: Reviews changes\nmodel: Opus\n---\nRead the diff first.\n";
    private const string Good = "---\nname: reviewer\ndescription: Reviews changes\nmodel: opus\ntools: Read, Bash\n---\nRead the diff first.\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Saves_them_and_counts_what_it_found()
    {
        using var ada = await app.SignInAsync();

        var created = await (await ada.PostFileAsync(await ada.DefaultStashAsync(), Path, Nameless)).ReadAsync(HttpStatusCode.Created);

        Assert.Equal((1, 1, 0), Counts(created));
        Assert.Equal(Counts(created), Counts(await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{created.GetProperty("id")}", Cancelled)));
    }

    [Fact]
    public async Task Counts_again_when_the_content_changes()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), Path, Nameless);

        var replaced = await (await ada.PutContentAsync(file, "\"v1\"", Good)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal((0, 0, 0), Counts(replaced));
    }

    [Fact]
    public async Task Counts_in_an_import()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await (await ada.ImportAsync(stash, StashClient.Zip((Path, Nameless)))).ReadAsync(HttpStatusCode.OK);

        var files = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/files", Cancelled);
        Assert.Equal((1, 1, 0), Counts(files.GetProperty("items")[0]));
    }

    [Fact]
    public async Task Estimates_tokens()
    {
        using var ada = await app.SignInAsync();

        var created = await (await ada.PostFileAsync(await ada.DefaultStashAsync(), Path, Good)).ReadAsync(HttpStatusCode.Created);

        Assert.InRange(created.GetProperty("estimatedTokens").GetInt32(), 15, 45);
    }

    [Fact]
    public async Task Keeps_a_description_whose_escapes_no_database_can_hold()
    {
        using var ada = await app.SignInAsync();

        var created = await ada.PostFileAsync(await ada.DefaultStashAsync(), Path, "---\nname: \"a\\0b\"\ndescription: \"x\\0\\ud800y\"\n---\nBody\n");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    [Fact]
    public async Task Strictly_refuses_a_new_file_with_errors_and_says_which()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var response = await ada.PostAsJsonAsync($"/api/v1/stashes/{stash}/files?strict=true", new { path = Path, content = Nameless }, Cancelled);

        var problem = await response.ReadAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("agent-name-missing", problem.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString()));
        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Strictly_refuses_a_new_content_with_errors_and_keeps_the_old_one()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), Path, Good);

        var response = await PutStrictlyAsync(ada, file, Nameless);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(Good, (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).GetProperty("content").GetString());
    }

    [Theory(DisplayName = "Fault 15: An MCP file that is no JSON is told so whatever it is called")]
    [InlineData(".mcp.json", null)]
    [InlineData("plugins/tools/.mcp.json", null)]
    [InlineData("servers.json", "MCP")]
    public async Task Tells_that_an_MCP_file_is_no_JSON(string path, string? kind)
    {
        using var ada = await app.SignInAsync();

        var created = await ada.PostFileAsync(await ada.DefaultStashAsync(), path, """{"mcpServers": {""", kind);

        Assert.Equal(1, Counts(await created.ReadAsync(HttpStatusCode.Created)).Errors);
    }

    [Fact]
    public async Task Strictly_takes_a_file_with_warnings()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), Path, Good);

        var response = await PutStrictlyAsync(ada, file, Good.Replace("opus", "Opus", StringComparison.Ordinal));

        Assert.Equal((0, 1, 0), Counts(await response.ReadAsync(HttpStatusCode.OK)));
    }

    private static Task<HttpResponseMessage> PutStrictlyAsync(HttpClient client, Guid file, string content)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/files/{file}/content?strict=true") { Content = JsonContent.Create(new { content }) };
        request.Headers.TryAddWithoutValidation("If-Match", "\"v1\"");

        return client.SendAsync(request, Cancelled);
    }

    private static (int Errors, int Warnings, int Infos) Counts(JsonElement file)
    {
        var counts = file.GetProperty("findings");

        return (counts.GetProperty("errors").GetInt32(), counts.GetProperty("warnings").GetInt32(), counts.GetProperty("infos").GetInt32());
    }
}
