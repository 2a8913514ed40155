namespace PromptStash.IntegrationTests.Validation;

public sealed class ValidatingFiles(PromptStashApp app)
{
    private const string UrlWithoutType = """{"mcpServers": {"docs": {"url": "https://docs.example.com/mcp"}}}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Needs_no_account()
    {
        using var nobody = app.NewClient();

        var answer = await (await ValidateAsync(nobody, ".mcp.json", UrlWithoutType)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("MCP", answer.GetProperty("kind").GetString());
        var finding = Assert.Single(answer.GetProperty("findings").EnumerateArray());
        Assert.Equal(
            ("mcp-url-without-type", "error", 1, 26),
            (finding.GetProperty("code").GetString(), finding.GetProperty("severity").GetString(), finding.GetProperty("line").GetInt32(), finding.GetProperty("column").GetInt32()));
        var edit = Assert.Single(finding.GetProperty("fix").GetProperty("edits").EnumerateArray());
        Assert.Equal((25, 0, "\"type\": \"http\", "), (edit.GetProperty("offset").GetInt32(), edit.GetProperty("length").GetInt32(), edit.GetProperty("newText").GetString()));
    }

    [Fact]
    public async Task Takes_the_kind_that_its_caller_names()
    {
        using var nobody = app.NewClient();

        var answer = await (await nobody.PostAsJsonAsync("/api/v1/validate", new { path = "notes.md", content = "Hello", kind = "AGENT" }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("agent-frontmatter-missing", Assert.Single(answer.GetProperty("findings").EnumerateArray()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Estimates_what_it_costs()
    {
        using var nobody = app.NewClient();

        var answer = await (await ValidateAsync(nobody, "CLAUDE.md", "Run the tests before you commit.\n")).ReadAsync(HttpStatusCode.OK);

        Assert.InRange(answer.GetProperty("estimatedTokens").GetInt32(), 5, 12);
        Assert.Equal(answer.GetProperty("estimatedTokens").GetInt32(), answer.GetProperty("estimatedStartUpTokens").GetInt32());
    }

    [Theory]
    [InlineData("../escape.md", "path")]
    [InlineData("", "path")]
    public async Task At_a_path_that_no_file_can_have_is_refused(string path, string field)
    {
        using var ada = await app.SignInAsync();

        var response = await ValidateAsync(ada, path, "Hello");

        Assert.Contains(field, (await response.ReadAsync(HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task Keeps_nothing()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await (await ValidateAsync(ada, ".mcp.json", UrlWithoutType)).ReadAsync(HttpStatusCode.OK);

        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Too_often_without_an_account_has_to_wait()
    {
        await using var api = await app.StartApiAsync(("RateLimits:AnonymousValidationsPerSecond", "1"));
        using var nobody = app.NewClient(api);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ValidateAsync(nobody, "a.md", "Hello")));

        Assert.Contains(HttpStatusCode.TooManyRequests, answers.Select(answer => answer.StatusCode));
    }

    [Fact]
    public async Task As_often_with_an_account_does_not()
    {
        await using var api = await app.StartApiAsync(("RateLimits:AnonymousValidationsPerSecond", "1"));
        using var ada = await app.SignInAsync(api);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ValidateAsync(ada, "a.md", "Hello")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    private static Task<HttpResponseMessage> ValidateAsync(HttpClient client, string path, string content) =>
        client.PostAsJsonAsync("/api/v1/validate", new { path, content }, Cancelled);
}
