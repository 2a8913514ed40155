using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Api;

public sealed class SecurityHeaders(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>An answer of every kind: pages, documents, probes, the API's own and each sort of error.</summary>
    public static TheoryData<string, string> Answers => new()
    {
        { "GET", "/" },
        { "GET", "/nowhere" },
        { "GET", "/health" },
        { "GET", "/alive" },
        { "GET", "/openapi/v1.json" },
        { "GET", "/scalar/" },
        { "GET", "/api/v1/stashes" },
        { "POST", "/api/v1/stashes" },
        { "DELETE", "/api/v1/stashes" },
        { "GET", "/api/v1/nowhere" },
        { "GET", "/api/auth/ok" },
        { "GET", "/api/auth/get-session" },
        { "POST", "/api/auth/sign-in/email" },
        { "GET", "/api/auth/nowhere" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Are_on_every_answer(string method, string address)
    {
        using var ada = await app.SignInAsync();

        var response = await ada.SendAsync(new HttpRequestMessage(new HttpMethod(method), address), Cancelled);

        AssertHardened(response);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Forbid_caches_to_keep_what_is_somebodys_own(string method, string address)
    {
        using var ada = await app.SignInAsync();

        var response = await ada.SendAsync(new HttpRequestMessage(new HttpMethod(method), address), Cancelled);

        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData("/api/v1/stashes")]
    [InlineData("/api/v1/nowhere")]
    [InlineData("/api/auth/ok")]
    public async Task Forbid_caches_to_keep_an_answer_of_the_API_to_anybody(string address)
    {
        using var nobody = app.NewClient();

        Assert.True((await nobody.GetAsync(address, Cancelled)).Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Are_on_the_answer_to_a_fault_of_ours()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync("ALTER TABLE stashes.stashes RENAME TO stashes_of_yesterday");

        var response = await ada.GetAsync("/api/v1/stashes", Cancelled);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        AssertHardened(response);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Let_the_reference_page_run_its_own_scripts_only()
    {
        using var nobody = app.NewClient();

        var policy = (await nobody.GetAsync("/scalar/", Cancelled)).Headers.GetValues("Content-Security-Policy").Single();

        Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Do_not_tell_what_the_server_is()
    {
        using var nobody = app.NewClient();

        Assert.Empty((await nobody.GetAsync("/alive", Cancelled)).Headers.Server);
    }

    [Theory]
    [InlineData("/alive")]
    [InlineData("/api/v1/nowhere")]
    public async Task Bind_browsers_to_https_behind_a_known_proxy_that_speaks_it(string address)
    {
        await using var api = await app.StartApiAsync(("Api:KnownProxies:0", "127.0.0.1"));

        var response = await BehindProxyAsync(api, address, ("X-Forwarded-Proto", "https"));

        Assert.Contains("max-age=", response.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bind_browsers_to_https_also_when_something_went_wrong()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await app.StartApiAsync(
            ("Api:KnownProxies:0", "127.0.0.1"), ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync("ALTER TABLE identity.verifications RENAME TO verifications_of_yesterday");

        var response = await BehindProxyAsync(api, "/api/auth/verify-email?token=any", ("X-Forwarded-Proto", "https"));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.True(response.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Say_nothing_of_https_over_http()
    {
        await using var api = await app.StartApiAsync(("Api:KnownProxies:0", "127.0.0.1"));

        Assert.False((await BehindProxyAsync(api, "/alive")).Headers.Contains("Strict-Transport-Security"));
    }

    private static void AssertHardened(HttpResponseMessage response)
    {
        Assert.Equal("nosniff", One("X-Content-Type-Options"));
        Assert.Equal("no-referrer", One("Referrer-Policy"));
        Assert.Equal("DENY", One("X-Frame-Options"));
        Assert.Contains("default-src 'none'", One("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", One("Content-Security-Policy"), StringComparison.Ordinal);

        string One(string name) => Assert.Single(response.Headers.GetValues(name));
    }

    private async Task<HttpResponseMessage> BehindProxyAsync(
        Microsoft.AspNetCore.Builder.WebApplication api, string address, params (string Name, string Value)[] headers)
    {
        using var nobody = app.NewClient(api);

        return await nobody.SendAsync(ForwardingRequests.Request(address, headers), Cancelled);
    }
}
