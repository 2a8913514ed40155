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

    private static async Task<List<JsonElement>> TemplatesAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/api/v1/templates", Cancelled)).GetProperty("items").EnumerateArray()];
}
