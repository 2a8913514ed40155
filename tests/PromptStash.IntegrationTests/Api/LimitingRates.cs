using Microsoft.AspNetCore.Builder;

namespace PromptStash.IntegrationTests.Api;

/// <summary>A bucket holds two seconds' worth, and a second passes while a test runs: so counts are bounds, and limits are far apart.</summary>
public sealed class LimitingRates(PromptStashApp app)
{
    private const int Many = 60;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refuses_what_one_address_asks_too_often_and_says_when_to_come_back()
    {
        await using var api = await app.StartApiAsync(("RateLimits:AnonymousPerSecond", "1"));
        using var nobody = app.NewClient(api);

        var answers = await AskAsync(nobody, "/api/v1/stashes", Many);

        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        await refused.IsProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.InRange(refused.Headers.RetryAfter(), 1, 60);
    }

    [Fact]
    public async Task Refuses_below_api_auth_in_the_words_of_its_contract()
    {
        await using var api = await app.StartApiAsync(("RateLimits:AnonymousPerSecond", "1"));
        using var nobody = app.NewClient(api);

        var answers = await AskAsync(nobody, "/api/auth/ok", Many);

        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal("TOO_MANY_REQUESTS", (await refused.ReadAsync(HttpStatusCode.TooManyRequests)).GetProperty("code").GetString());
        Assert.Equal(refused.Headers.GetValues("Retry-After"), refused.Headers.GetValues("X-Retry-After"));
    }

    [Fact]
    public async Task Counts_pages_that_do_not_exist_too()
    {
        await using var api = await app.StartApiAsync(("RateLimits:AnonymousPerSecond", "1"));
        using var nobody = app.NewClient(api);

        Assert.Contains(HttpStatusCode.TooManyRequests, (await AskAsync(nobody, "/nowhere", Many)).Select(answer => answer.StatusCode));
    }

    [Fact]
    public async Task Lets_the_requests_of_a_user_wait_for_their_turn()
    {
        await using var api = await app.StartApiAsync(("RateLimits:UserPerSecond", "2"), ("RateLimits:UserQueue", "6"));
        using var ada = await app.SignInAsync(api);

        // Four at once are in the bucket; the others come as it fills.
        var answers = await AskAsync(ada, "/api/v1/stashes", 10);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task Refuses_a_user_for_whom_too_many_wait_already()
    {
        await using var api = await app.StartApiAsync(("RateLimits:UserPerSecond", "1"), ("RateLimits:UserQueue", "2"));
        using var ada = await app.SignInAsync(api);

        var answers = await AskAsync(ada, "/api/v1/stashes", Many);

        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        await refused.IsProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.InRange(refused.Headers.RetryAfter(), 1, 60);
    }

    [Fact]
    public async Task Hinders_no_other_user()
    {
        await using var api = await app.StartApiAsync(("RateLimits:UserPerSecond", "1"), ("RateLimits:UserQueue", "0"));
        using var ada = await app.SignInAsync(api);
        using var grace = await app.SignInAsync(api);

        var flood = await AskAsync(ada, "/api/v1/stashes", Many);
        var other = await grace.GetAsync("/api/v1/stashes", Cancelled);

        Assert.Contains(HttpStatusCode.TooManyRequests, flood.Select(answer => answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Does_not_let_one_who_is_refused_use_up_what_is_for_all()
    {
        await using var api = await app.StartApiAsync(("RateLimits:AnonymousPerSecond", "1"), ("RateLimits:GlobalPerSecond", "10"));
        using var ada = await app.SignInAsync(api);
        using var nobody = app.NewClient(api);

        // Of a flood, only what its own address is allowed may count for all: two at once and one each second.
        var flood = AskAsync(nobody, "/api/v1/stashes", 500);
        var answers = new List<HttpStatusCode>();
        for (var number = 0; number < 5; number++)
        {
            answers.Add((await ada.GetAsync("/api/v1/stashes", Cancelled)).StatusCode);
        }

        await flood;
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
    }

    [Fact]
    public async Task Refuses_when_all_together_ask_too_often()
    {
        await using var api = await app.StartApiAsync(("RateLimits:GlobalPerSecond", "1"));
        using var nobody = app.NewClient(api);

        Assert.Contains(HttpStatusCode.TooManyRequests, (await AskAsync(nobody, "/api/auth/ok", Many)).Select(answer => answer.StatusCode));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Never_refuses_a_probe(string probe)
    {
        await using var api = await app.StartApiAsync(("RateLimits:AnonymousPerSecond", "1"), ("RateLimits:GlobalPerSecond", "1"));
        using var nobody = app.NewClient(api);

        Assert.All(await AskAsync(nobody, probe, Many), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task Counts_the_addresses_behind_a_known_proxy_one_by_one()
    {
        await using var api = await app.StartApiAsync(("RateLimits:AnonymousPerSecond", "1"), ("Api:KnownProxies:0", "127.0.0.1"));
        using var first = Behind(api, "203.0.113.7");
        using var second = Behind(api, "203.0.113.8");

        var flood = await AskAsync(first, "/api/auth/ok", Many);
        var other = await second.GetAsync("/api/auth/ok", Cancelled);

        Assert.Contains(HttpStatusCode.TooManyRequests, flood.Select(answer => answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Counts_an_IPv6_network_as_one_address()
    {
        await using var api = await app.StartApiAsync(("RateLimits:AnonymousPerSecond", "1"), ("Api:KnownProxies:0", "127.0.0.1"));
        var answers = new List<HttpStatusCode>();

        for (var number = 1; number <= Many; number++)
        {
            using var client = Behind(api, $"2001:db8:1:2::{number:x}");
            answers.Add((await client.GetAsync("/api/auth/ok", Cancelled)).StatusCode);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    private HttpClient Behind(WebApplication api, string address)
    {
        var client = app.NewClient(api);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);

        return client;
    }

    private static Task<HttpResponseMessage[]> AskAsync(HttpClient client, string address, int times) =>
        Task.WhenAll(Enumerable.Range(0, times).Select(_ => client.GetAsync(address, Cancelled)));
}
