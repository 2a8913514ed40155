using System.Globalization;
using System.Net.Http.Headers;

namespace PromptStash.IntegrationTests.Identity;

public sealed class UsingApiTokens(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Opens_only_its_stashes()
    {
        using var client = await app.SignInAsync();
        var own = await client.CreateStashAsync("its own");
        var other = await client.CreateStashAsync("another");
        var inOwn = await client.CreateFileAsync(own, "a.md", "text");
        var inOther = await client.CreateFileAsync(other, "a.md", "text");
        var folder = await client.CreateFolderAsync(other, "folder");
        var thrownAway = await client.CreateFileAsync(other, "b.md", "text");
        await client.RemoveAsync($"files/{thrownAway}");
        using var agent = await NewAgentAsync(client, ["stashes:read", "stashes:write"], own);

        Assert.Equal(own, await agent.DefaultStashAsync());
        await (await agent.GetAsync($"/api/v1/stashes/{own}/tree", Cancelled)).ReadAsync(HttpStatusCode.OK);
        await (await agent.GetAsync($"/api/v1/files/{inOwn}", Cancelled)).ReadAsync(HttpStatusCode.OK);
        await (await agent.PutContentAsync(inOwn, "\"v1\"", "new")).ReadAsync(HttpStatusCode.OK);
        foreach (var endpoint in Endpoints.Closed(Api).Where(endpoint => endpoint.Path.StartsWith("/api/v1/", StringComparison.Ordinal)))
        {
            var path = endpoint.Path
                .Replace("/stashes/0199a1b2-0000-7000-8000-00000000ffff", $"/stashes/{other}", StringComparison.Ordinal)
                .Replace("/files/0199a1b2-0000-7000-8000-00000000ffff", $"/files/{inOther}", StringComparison.Ordinal)
                .Replace("/folders/0199a1b2-0000-7000-8000-00000000ffff", $"/folders/{folder}", StringComparison.Ordinal)
                .Replace("/trash/0199a1b2-0000-7000-8000-00000000ffff", $"/trash/{thrownAway}", StringComparison.Ordinal);
            // These answer of its stashes alone.
            if (path is "/api/v1/stashes/" or "/api/v1/trash/" or "/api/v1/search/" && endpoint.Method == "GET")
            {
                continue;
            }

            using var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), path) { Content = endpoint.Method == "GET" ? null : Endpoints.EmptyBody(path) };
            using var response = await agent.SendAsync(request, Cancelled);
            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{endpoint.Method} {path}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Reaches_no_other_stash_through_a_body()
    {
        using var client = await app.SignInAsync();
        var own = await client.CreateStashAsync("its own");
        var other = await client.CreateStashAsync("another");
        var inOwn = await client.CreateFileAsync(own, "a.md", "text");
        var inOther = await client.CreateFileAsync(other, "b.md", "text");
        var folder = await client.CreateFolderAsync(other, "folder");
        var ownFolder = await client.CreateFolderAsync(own, "own");
        var thrownAway = await client.CreateFileAsync(other, "c.md", "text");
        await client.RemoveAsync($"files/{thrownAway}");
        using var agent = await NewAgentAsync(client, ["stashes:read", "stashes:write"], own);

        await (await agent.PostAsync($"files/{inOwn}/copy", new { stashId = other })).ReadAsync(HttpStatusCode.BadRequest);
        await (await agent.PostAsync($"files/{inOwn}/copy", new { folderId = folder })).ReadAsync(HttpStatusCode.BadRequest);
        await (await agent.PostAsync($"folders/{ownFolder}/copy", new { stashId = other })).ReadAsync(HttpStatusCode.BadRequest);
        await (await agent.PostAsync($"folders/{ownFolder}/copy", new { parentId = folder })).ReadAsync(HttpStatusCode.BadRequest);
        await (await agent.PatchAsync($"files/{inOwn}", new { folderId = folder })).ReadAsync(HttpStatusCode.BadRequest);
        await (await agent.PostAsync($"stashes/{own}/files/bulk", new { action = "MOVE", fileIds = (Guid[])[inOwn], folderId = folder })).ReadAsync(HttpStatusCode.BadRequest);
        await (await agent.PostAsync($"stashes/{own}/files/bulk", new { action = "DELETE", fileIds = (Guid[])[inOther] })).ReadAsync(HttpStatusCode.Conflict);
        await (await agent.PostAsync($"stashes/{own}/copy", new { })).ReadAsync(HttpStatusCode.Forbidden);
        Assert.Empty(await agent.TrashAsync());
        var found = await (await agent.GetAsync("/api/v1/search?q=text", Cancelled)).ReadAsync(HttpStatusCode.OK);
        Assert.Equal([inOwn], found.GetProperty("items").EnumerateArray().Select(hit => hit.GetProperty("file").GetProperty("id").GetGuid()));
        Assert.Equal(["b.md"], await client.PathsAsync(other));
    }

    [Fact]
    public async Task Is_shown_once_and_tells_when_it_was_used()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        var created = await (await client.CreateApiTokenAsync(house.Time.GetUtcNow(), ["stashes:read"])).ReadAsync(HttpStatusCode.Created);
        var token = created.GetProperty("token").GetString()!;
        Assert.Matches("^pst_[A-Za-z0-9_-]{43}$", token);
        await house.Mail.WaitAsync(email, "A token was made");
        var unused = await (await client.GetAuthAsync("api-tokens")).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.Null, unused[0].GetProperty("lastUsedAt").ValueKind);

        using var agent = AgentOf(client, created);
        await agent.DefaultStashAsync();

        var used = await (await client.GetAuthAsync("api-tokens")).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.String, used[0].GetProperty("lastUsedAt").ValueKind);
        Assert.DoesNotContain(token, used.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"x","scopes":[],"expiresAt":"TOMORROW"}""", "[body.scopes] Too small")]
    [InlineData("""{"name":"x","scopes":["account:write"],"expiresAt":"TOMORROW"}""", "[body.scopes] Invalid option")]
    [InlineData("""{"name":"x","scopes":["stashes:read"]}""", "[body.expiresAt] Invalid input: expected string, received undefined")]
    [InlineData("""{"name":"x","scopes":["stashes:read"],"expiresAt":"2020-01-01"}""", "[body.expiresAt] Invalid ISO datetime")]
    [InlineData("""{"name":"x","scopes":["stashes:read"],"expiresAt":"2020-01-01T00:00:00Z"}""", "[body.expiresAt]")]
    [InlineData("""{"name":"x","scopes":["stashes:read"],"expiresAt":"9000-01-01T00:00:00Z"}""", "[body.expiresAt]")]
    [InlineData("""{"name":"x","scopes":["stashes:read"],"expiresAt":"TOMORROW","stashIds":[]}""", "[body.stashIds] Too small")]
    [InlineData("""{"name":"x","scopes":["stashes:read"],"expiresAt":"TOMORROW","stashIds":["x"]}""", "[body.stashIds] Invalid UUID")]
    public async Task Is_made_of_things_that_there_are(string body, string message)
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        await client.NewUserAsync();
        var tomorrow = house.Time.GetUtcNow().AddDays(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

        var response = await client.PostAsync("/api/auth/api-tokens", new StringContent(body.Replace("TOMORROW", tomorrow, StringComparison.Ordinal), new MediaTypeHeaderValue("application/json")), Cancelled);

        Assert.StartsWith(message, (await response.ReadAsync(HttpStatusCode.BadRequest)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private Microsoft.AspNetCore.Builder.WebApplication Api => app.Api;

    private static async Task AssertUnknownAsync(HttpClient agent)
    {
        var response = await agent.GetAsync("/api/v1/stashes", Cancelled);
        await response.ReadAsync(HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer realm=\"PromptStash\", error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString());
    }

    private async Task<HttpClient> NewAgentAsync(HttpClient client, string[] scopes, params Guid[] stashes) =>
        AgentOf(client, await (await client.CreateApiTokenAsync(app.Time.GetUtcNow(), scopes, stashes)).ReadAsync(HttpStatusCode.Created));

    private static HttpClient AgentOf(HttpClient client, JsonElement created)
    {
        var agent = new HttpClient { BaseAddress = client.BaseAddress };
        agent.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", created.GetProperty("token").GetString());

        return agent;
    }
}
