using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>What every answer says beside its body, and what none says.</summary>
[Collection(nameof(IdentityTests))]
public sealed class AnsweringRequests(IdentityApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "S40 A forwarded address is believed of a proxy that is configured")]
    public async Task Believes_a_known_proxy()
    {
        using var ada = await app.SignUpAsync();

        Assert.Equal("203.0.113.9", await AddressOfASignInAsync(ada, app.Api));
    }

    [Fact(DisplayName = "S40 A forwarded address is believed of nobody else")]
    public async Task Believes_nobody_else()
    {
        using var ada = await app.SignUpAsync();
        await using var api = await app.StartAsync();

        Assert.Equal("127.0.0.1", await AddressOfASignInAsync(ada, api));
    }

    [Fact(DisplayName = "S40 Of several forwarded addresses the one counts that the known proxy saw")]
    public async Task Takes_the_address_that_the_proxy_saw()
    {
        using var ada = await app.SignUpAsync();

        Assert.Equal("203.0.113.9", await AddressOfASignInAsync(ada, app.Api, "198.51.100.1, 203.0.113.9"));
    }

    [Fact(DisplayName = "S41 Every answer tells a browser to do nothing with it, and nobody to keep it")]
    public async Task Tells_a_browser_to_do_nothing_with_them()
    {
        using var ada = await app.SignUpAsync();
        using var nobody = app.NewBrowser();
        foreach (var route in Routes.Of(app.Api).Where(route => route.IsBelow("/api/")))
        {
            foreach (var browser in (Browser[])[ada.Browser, nobody])
            {
                // Unknown things, so that nothing is changed; a refusal is an answer too.
                var answer = await browser.SendAsync(route.Method, route.Path(Guid.Empty, Guid.Empty), route.NewBody(), ("Origin", "https://evil.example.net"));
                var (policy, cache) = route.IsBelow("/api/v1/shared/")
                    ? ("default-src 'none'; frame-ancestors 'none'; sandbox", "no-store, private")
                    : ("default-src 'none'; frame-ancestors 'none'", "no-store");
                Assert.Equal(
                    ("nosniff", "no-referrer", policy, cache, "DENY"),
                    (Header("X-Content-Type-Options"), Header("Referrer-Policy"), Header("Content-Security-Policy"), Header("Cache-Control"), Header("X-Frame-Options")));
                Assert.False(answer.Headers.Contains("Server"));

                string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
            }
        }
    }

    [Fact(DisplayName = "S41 Over https browsers are told to come by https only")]
    public async Task Tells_a_browser_to_come_by_https_only()
    {
        using var nobody = app.NewBrowser();

        var answer = await nobody.GetAsync("ok", ("Host", "prompts.example.com"), ("X-Forwarded-Proto", "https"));

        Assert.Matches(@"^max-age=\d{7,}", answer.Headers.GetValues("Strict-Transport-Security").Single());
    }

    [Theory(DisplayName = "S42 An error of ours has a trace id, and no word of what went wrong")]
    [InlineData("/api/auth/list-accounts", "accounts")]
    [InlineData("/api/v1/account/audit", "audit_events")]
    public async Task Tells_a_trace_id_of_an_error_and_nothing_else(string path, string table)
    {
        using var ada = await app.SignUpAsync();
        await using var database = await app.OpenDatabaseAsync();
        await database.ExecuteAsync($"ALTER TABLE identity.{table} RENAME TO gone");
        try
        {
            var answer = await ada.Browser.SendAsync(HttpMethod.Get, path, content: null);

            var body = await answer.Content.ReadAsStringAsync(Cancelled);
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            var trace = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("traceId").GetString()!;
            Assert.Matches("[0-9a-f]{16,}", trace);
            foreach (var word in (string[])["42P01", "SELECT", "identity.", "Npgsql", "Exception", "relation", " at ", ".cs"])
            {
                Assert.DoesNotContain(word, body, StringComparison.OrdinalIgnoreCase);
            }

            Assert.Contains(app.Log.Lines, line => line.Line.Contains("42P01", StringComparison.Ordinal));
        }
        finally
        {
            await database.ExecuteAsync($"ALTER TABLE identity.gone RENAME TO {table}");
        }
    }

    private async Task<string?> AddressOfASignInAsync(Person person, Microsoft.AspNetCore.Builder.WebApplication api, string forwarded = "203.0.113.9")
    {
        using var browser = app.NewBrowser(api);
        await (await browser.PostAsync("sign-in/email", new { email = person.Email, password = person.Password }, ("X-Forwarded-For", forwarded)))
            .ReadAsync(HttpStatusCode.OK);

        return (await (await browser.GetAsync("get-session")).ReadAsync(HttpStatusCode.OK)).GetProperty("session").GetProperty("ipAddress").GetString();
    }
}
