namespace PromptStash.IntegrationTests.Validation;

public sealed class BeginningWithATemplate(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task There_is_one_of_each_kind_that_is_written_by_hand()
    {
        using var anybody = app.NewClient();

        var kinds = (await TemplatesAsync(anybody)).Select(template => template.GetProperty("kind").GetString());

        Assert.Equal(["AGENT", "COMMAND", "HOOKS", "MARKETPLACE", "MCP", "MEMORY", "OUTPUT_STYLE", "PLUGIN", "RULE", "SETTINGS", "SKILL"], kinds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_is_known_for_what_it_is_and_has_no_finding()
    {
        await using var api = await app.StartApiAsync(("RateLimits:AnonymousValidationsPerSecond", "1000"));
        using var anybody = app.NewClient(api);

        foreach (var template in await TemplatesAsync(anybody))
        {
            var path = template.GetProperty("path").GetString();
            var answer = await (await anybody.PostAsJsonAsync("/api/v1/validate", new { path, content = template.GetProperty("content").GetString() }, Cancelled)).ReadAsync(HttpStatusCode.OK);

            Assert.Equal((path, template.GetProperty("kind").GetString(), "[]"), (path, answer.GetProperty("kind").GetString(), answer.GetProperty("findings").GetRawText()));
        }
    }

    [Fact]
    public async Task All_together_make_a_stash_that_is_ready()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        foreach (var template in await TemplatesAsync(ada))
        {
            await ada.CreateFileAsync(stash, template.GetProperty("path").GetString()!, template.GetProperty("content").GetString()!);
        }

        Assert.True((await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/readiness", Cancelled)).GetProperty("ready").GetBoolean());
    }

    [Theory]
    [InlineData("USER", ".claude/agents/code-reviewer.md", 8)]
    [InlineData("PROJECT", "CLAUDE.md", 8)]
    [InlineData("PLUGIN", "agents/code-reviewer.md", 5)]
    [InlineData("MARKETPLACE", "plugins/team-tools/skills/release-notes/SKILL.md", 6)]
    public async Task A_new_stash_has_those_of_its_scope_if_asked_for(string scope, string path, int files)
    {
        using var ada = await app.SignInAsync();

        var stash = await CreateAsync(ada, scope);

        Assert.Equal(files, stash.GetProperty("fileCount").GetInt32());
        Assert.Contains(path, await ada.PathsAsync(stash.GetProperty("id").GetGuid()));
    }

    [Theory]
    [InlineData("USER")]
    [InlineData("PROJECT")]
    [InlineData("PLUGIN")]
    [InlineData("MARKETPLACE")]
    public async Task A_stash_that_begins_with_them_has_no_finding(string scope)
    {
        using var ada = await app.SignInAsync();

        var stash = await CreateAsync(ada, scope);

        Assert.Empty(await ada.AllPagesAsync($"stashes/{stash.GetProperty("id").GetGuid()}/findings"));
    }

    [Fact]
    public async Task A_stash_that_would_begin_with_too_many_is_not_made()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxFilesPerUser", "3"));
        using var ada = await app.SignInAsync(api);

        var response = await ada.PostAsJsonAsync("/api/v1/stashes", new { name = "Full", withTemplates = true }, Cancelled);

        await response.ReadAsync(HttpStatusCode.Conflict);
        Assert.DoesNotContain("Full", (await ada.AllPagesAsync("stashes")).Select(stash => stash.Text("name")));
    }

    private static async Task<JsonElement> CreateAsync(HttpClient client, string scope) =>
        await (await client.PostAsJsonAsync("/api/v1/stashes", new { name = "New", scope, withTemplates = true }, Cancelled)).ReadAsync(HttpStatusCode.Created);

    private static async Task<List<JsonElement>> TemplatesAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/api/v1/templates", Cancelled)).GetProperty("items").EnumerateArray()];
}
