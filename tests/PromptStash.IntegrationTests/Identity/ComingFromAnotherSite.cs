namespace PromptStash.IntegrationTests.Identity;

/// <summary>What a page of another site can make a browser send changes nothing, and neither does a link.</summary>
[Collection(nameof(IdentityTests))]
public sealed class ComingFromAnotherSite(IdentityApp app)
{
    private const string Form = "application/x-www-form-urlencoded";

    public static TheoryData<string, string> ForeignHeaders => new()
    {
        { "Origin", "https://evil.example.net" },
        { "Origin", "http://prompts.example.com" },
        { "Origin", "null" },
        { "Sec-Fetch-Site", "cross-site" },
        { "Sec-Fetch-Site", "same-site" },
        { "Origin", "https://prompts.example.com.evil.example.net" },
    };

    [Theory(DisplayName = "S15 No unsafe route takes a request that says it comes from elsewhere")]
    [MemberData(nameof(ForeignHeaders))]
    public async Task Is_refused_on_every_unsafe_route(string header, string value) => await ChangesNothingAsync(
        route => true,
        (browser, route, path) =>
        {
            browser.Http.DefaultRequestHeaders.Remove("Origin");

            return browser.SendAsync(route.Method, path, route.NewBody() ?? Route.NewBody("application/json"), (header, value));
        },
        HttpStatusCode.Forbidden);

    [Fact(DisplayName = "S15 No unsafe route of the contract takes a cookie without an Origin or Referer")]
    public async Task Without_an_origin_is_refused_where_the_contract_wants_one() => await ChangesNothingAsync(
        route => route.IsBelow("/api/auth/"),
        (browser, route, path) =>
        {
            browser.Http.DefaultRequestHeaders.Remove("Origin");

            return browser.SendAsync(route.Method, path, route.NewBody() ?? Route.NewBody("application/json"));
        },
        HttpStatusCode.Forbidden);

    [Theory(DisplayName = "S15 No route that wants another type takes what a page can send without asking first")]
    [InlineData("text/plain")]
    [InlineData(Form)]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task In_a_form_is_refused(string type) => await ChangesNothingAsync(
        route => route.BodyTypes.Count > 0 && !route.BodyTypes.Contains(type.Split(';')[0]),
        (browser, route, path) =>
        {
            var content = new StringContent("x");
            content.Headers.Remove("Content-Type");
            content.Headers.TryAddWithoutValidation("Content-Type", type);

            return browser.SendAsync(route.Method, path, content);
        },
        HttpStatusCode.UnsupportedMediaType);

    [Fact(DisplayName = "S16 No GET changes anything: every table is the same after all of them")]
    public async Task By_a_link_changes_nothing()
    {
        using var ada = await app.SignUpAsync();
        var stash = await ada.Browser.Http.DefaultStashAsync();
        var file = await ada.Browser.Http.CreateFileAsync(stash, "notes.md", "Hello");
        var routes = Routes.Of(app.Api).Where(route => route.Method == HttpMethod.Get).ToList();
        Assert.True(routes.Count > 15, string.Join(", ", routes));
        var before = await app.HashTablesAsync();

        foreach (var route in routes)
        {
            var answer = await ada.Browser.SendAsync(HttpMethod.Get, route.Path(stash, file), content: null);
            Assert.True((int)answer.StatusCode < 500, $"{route}: {answer.StatusCode}");
        }

        Assert.Equal(before, await app.HashTablesAsync());
        Assert.True(await ada.Browser.IsSignedInAsync());
    }

    private async Task ChangesNothingAsync(
        Func<Route, bool> isMeant, Func<Browser, Route, string, Task<HttpResponseMessage>> send, HttpStatusCode expected)
    {
        using var ada = await app.SignUpAsync();
        var stash = await ada.Browser.Http.DefaultStashAsync();
        var file = await ada.Browser.Http.CreateFileAsync(stash, "notes.md", "Hello");
        var routes = Routes.Of(app.Api).Where(route => !route.IsSafe && isMeant(route)).ToList();
        Assert.True(routes.Count > 5, string.Join(", ", routes));
        var before = await app.HashTablesAsync();

        foreach (var route in routes)
        {
            var answer = await send(ada.Browser, route, route.Path(stash, file));
            Assert.True(answer.StatusCode == expected, $"{route}: {(int)answer.StatusCode}");
        }

        Assert.Equal(before, await app.HashTablesAsync());
        Assert.True(await ada.Browser.IsSignedInAsync());
    }
}
