using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Versions;

public sealed class FindingOutWhatAFileIs(PromptStashApp app)
{
    private const string Servers = """{"mcpServers":{"docs":{"url":"https://docs.example.org/mcp"}}}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Goes_on_while_it_is_nothing_in_particular()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "servers.json", "{}");

        await (await ada.PutContentAsync(file, "*", Servers)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("MCP", await KindAsync(ada, file));
    }

    [Fact]
    public async Task Goes_on_with_a_commit()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "servers.json", "{}");

        await (await ada.PostAsync($"stashes/{stash}/commits", new { message = "Servers", changes = (object[])[new { op = "put", path = "servers.json", content = Servers }] })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("MCP", await KindAsync(ada, file));
    }

    [Fact]
    public async Task Counts_the_errors_of_what_it_has_become_where_none_may_be()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "servers.json", "{}");
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/files/{file}/content?strict=true") { Content = JsonContent.Create(new { content = Servers }), Headers = { { "If-Match", "*" } } };

        var response = await ada.SendAsync(request, Cancelled);

        await response.ReadAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Ends_when_its_owner_says_that_it_is_nothing_else()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".claude/agents/a.md", "Not an agent");
        await (await ada.PatchAsync($"files/{file}", new { kind = "OTHER" })).ReadAsync(HttpStatusCode.OK);

        await (await ada.PutContentAsync(file, "*", "Nor now")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("OTHER", await KindAsync(ada, file));
    }

    [Fact]
    public async Task Is_not_undone_by_a_draft_that_is_broken()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "servers.json", Servers);

        await (await ada.PutContentAsync(file, "*", Servers[..^1])).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("MCP", await KindAsync(ada, file));
    }

    [Fact]
    public async Task Starts_again_when_somebody_moves_it_while_it_is_written()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "notes/a.md", "1");
        await using var database = await app.OpenDatabaseAsync();
        await using var moving = await database.BeginTransactionAsync(Cancelled);
        await database.ExecuteAsync("UPDATE stashes.files SET kind = 'AGENT', path = '.claude/agents/a.md', checked_rules = NULL WHERE id = $1", file);

        var writing = ada.PutContentAsync(file, "\"v1\"", "---\ndescription: Has no name\n---\nHello\n");
        await app.SomebodyWaitsForAsync(database);
        await moving.CommitAsync(Cancelled);

        Assert.Equal(1, (await (await writing).ReadAsync(HttpStatusCode.OK)).GetProperty("findings").GetProperty("errors").GetInt32());
    }

    private static async Task<string> KindAsync(HttpClient client, Guid file) =>
        (await client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).Text("kind");
}
