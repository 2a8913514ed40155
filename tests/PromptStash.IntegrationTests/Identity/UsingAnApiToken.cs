using System.Text;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>A token opens what it was made for, and never the account that made it.</summary>
[Collection(nameof(IdentityTests))]
public sealed class UsingAnApiToken(IdentityApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Opens_what_its_scope_names_and_nothing_else()
    {
        using var ada = await app.SignUpAsync();
        var stash = await ada.Browser.Http.DefaultStashAsync();
        using var agent = await AgentAsync(ada, "stashes:read");

        Assert.Equal(HttpStatusCode.OK, (await agent.GetAsync($"/api/v1/stashes/{stash}", Cancelled)).StatusCode);
        var refused = await agent.PostFileAsync(stash, "notes.md", "Hello");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("insufficient_scope", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Never_opens_a_route_of_the_account()
    {
        using var ada = await app.SignUpAsync();
        using var agent = await AgentAsync(ada, "stashes:read", "stashes:write");
        var routes = Routes.Of(app.Api).Where(route => route.NeedsSession && (route.IsBelow("/api/auth") || route.IsBelow("/api/v1/account"))).ToList();
        Assert.NotEmpty(routes);

        foreach (var route in routes)
        {
            using var request = new HttpRequestMessage(route.Method, route.Path(Guid.Empty, Guid.Empty)) { Content = route.NewBody() };
            var answer = await agent.SendAsync(request, Cancelled);
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{route}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Is_not_made_for_sharing_which_no_token_may()
    {
        using var ada = await app.SignUpAsync();
        string[] scopes = ["shares:write"];

        await (await ada.Browser.PostAsync("api-tokens", new { name = "sharer", scopes, expiresAt = app.Time.GetUtcNow().AddDays(1) })).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Ends_when_it_is_deleted()
    {
        using var ada = await app.SignUpAsync();
        using var agent = await AgentAsync(ada, "stashes:read");
        var tokens = await (await ada.Browser.GetAsync("api-tokens")).ReadAsync(HttpStatusCode.OK);
        var id = tokens.EnumerateArray().Single().GetProperty("id").GetString();

        Assert.True((await ada.Browser.SendAsync(HttpMethod.Delete, $"/api/auth/api-tokens/{id}", content: null)).IsSuccessStatusCode);

        var refused = await agent.GetAsync("/api/v1/stashes", Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_at_its_time()
    {
        using var ada = await app.SignUpAsync();
        using var agent = await AgentAsync(ada, "stashes:read");
        Assert.Equal(HttpStatusCode.OK, (await agent.GetAsync("/api/v1/stashes", Cancelled)).StatusCode);

        app.Time.Advance(TimeSpan.FromDays(2));

        Assert.Equal(HttpStatusCode.Unauthorized, (await agent.GetAsync("/api/v1/stashes", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Is_not_deleted_by_somebody_else()
    {
        using var ada = await app.SignUpAsync();
        using var eve = await app.SignUpAsync();
        using var agent = await AgentAsync(ada, "stashes:read");
        var id = (await (await ada.Browser.GetAsync("api-tokens")).ReadAsync(HttpStatusCode.OK))[0].GetProperty("id").GetString();

        Assert.Equal(HttpStatusCode.NotFound, (await eve.Browser.SendAsync(HttpMethod.Delete, $"/api/auth/api-tokens/{id}", content: null)).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await agent.GetAsync("/api/v1/stashes", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Is_in_the_export_of_the_account_without_its_secret()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var agent = await AgentAsync(ada, "stashes:read");

        var export = StashClient.Unzip(await ada.Browser.Http.GetByteArrayAsync("/api/v1/account/export", Cancelled));

        Assert.Contains("account/api-tokens.json", export.Keys);
        var everything = string.Join('\n', export.Values.Select(Encoding.UTF8.GetString));
        Assert.Contains("A test", everything, StringComparison.Ordinal);
        Assert.Empty(app.Secrets.Where(secret => everything.Contains(secret.Key, StringComparison.Ordinal)).Select(secret => secret.Value));
    }

    private async Task<HttpClient> AgentAsync(Person person, params string[] scopes)
    {
        var made = await (await person.Browser.PostAsync(
            "api-tokens", new { name = "A test", scopes, expiresAt = app.Time.GetUtcNow().AddDays(1) })).ReadAsync(HttpStatusCode.Created);
        var token = made.GetProperty("token").GetString()!;
        app.Remember("API token", token);
        var client = new HttpClient { BaseAddress = PromptStashApp.AddressOf(app.Api) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);

        return client;
    }
}
