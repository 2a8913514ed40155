using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Api;

/// <summary>Whom a request is said to come from, and who may say so. The address shows in the session that is begun.</summary>
public sealed class ForwardingRequests(PromptStashApp app)
{
    private const string Claimed = "203.0.113.7";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task By_a_known_proxy_is_believed(string proxy)
    {
        await using var api = await app.StartApiAsync(("Api:KnownProxies:0", proxy));

        Assert.Equal(Claimed, await AddressSeenAsync(api));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.0.0.7")]
    [InlineData("10.0.0.0/8")]
    public async Task By_anybody_else_is_not_believed(string? proxy)
    {
        await using var api = await app.StartApiAsync(proxy is null ? [] : [("Api:KnownProxies:0", proxy)]);

        Assert.Equal("127.0.0.1", await AddressSeenAsync(api));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10.0.0.7")]
    public async Task By_anybody_else_does_not_make_it_https(string? proxy)
    {
        await using var api = await app.StartApiAsync(proxy is null ? [] : [("Api:KnownProxies:0", proxy)]);
        using var nobody = app.NewClient(api);

        var response = await nobody.SendAsync(Request("/alive", ("X-Forwarded-Proto", "https")), Cancelled);

        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Is_not_believed_because_the_environment_says_so()
    {
        // What ASPNETCORE_FORWARDEDHEADERS_ENABLED=true becomes, which some images set: believe everybody.
        await using var api = await app.StartApiAsync(("FORWARDEDHEADERS_ENABLED", "true"));

        Assert.Equal("127.0.0.1", await AddressSeenAsync(api));
    }

    [Fact]
    public async Task Through_two_proxies_believes_the_nearer_one_only()
    {
        await using var api = await app.StartApiAsync(("Api:KnownProxies:0", "127.0.0.1"));

        Assert.Equal("198.51.100.2", await AddressSeenAsync(api, $"{Claimed}, 198.51.100.2"));
    }

    [Theory]
    [InlineData("banana")]
    [InlineData("10.0.0.0/33")]
    [InlineData("proxy.example.com")]
    public async Task By_a_proxy_that_is_none_stops_the_start_and_says_which(string proxy)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartApiAsync(("Api:KnownProxies:0", proxy)));

        Assert.Contains($"'{proxy}'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Api:KnownProxies", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A request to the house's public name, as a proxy hands it on.</summary>
    internal static HttpRequestMessage Request(string address, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Host = "prompts.example.com" } };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return request;
    }

    private async Task<string?> AddressSeenAsync(WebApplication api, string claimed = Claimed)
    {
        using var client = app.NewClient(api);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", claimed);
        var email = $"{app.NewId():N}@example.com";
        var response = await client.PostAsJsonAsync(
            "/api/auth/sign-up/email", new { name = "Ada", email, password = "correct horse battery staple" }, Cancelled);
        await response.ReadAsync(HttpStatusCode.OK);

        await using var database = await app.OpenDatabaseAsync();
        return await database.ScalarAsync<string>(
            "SELECT s.ip_address FROM identity.sessions s JOIN identity.users u ON u.id = s.user_id WHERE u.email = $1", email);
    }
}
