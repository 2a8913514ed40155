using Microsoft.Extensions.Time.Testing;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class GuardingALinkWithAPassword(PromptStashApp app)
{
    private const string Password = "three quiet owls";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory(DisplayName = "H9: Tells nothing of what it opens before the password is given")]
    [InlineData("")]
    [InlineData("/raw")]
    [InlineData("/files/private-plans.md")]
    [InlineData("/export")]
    public async Task Tells_nothing_of_what_it_opens_before_the_password_is_given(string part)
    {
        using var ada = await app.SignInAsync();
        var link = await GuardedAsync(ada);
        using var anybody = app.NewClient();

        var response = await anybody.GetAsync(link.Path + part, Cancelled);

        var body = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.DoesNotContain("private-plans", body + response.Headers + response.Content.Headers, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Opens_it_for_the_browser_that_gives_the_password()
    {
        using var ada = await app.SignInAsync();
        var link = await GuardedAsync(ada);
        using var holder = app.NewClient();

        var unlocked = await holder.UnlockAsync(link, Password);

        Assert.Equal(HttpStatusCode.NoContent, unlocked.StatusCode);
        Assert.Equal("the plan", await holder.GetStringAsync($"{link.Path}/raw", Cancelled));
    }

    [Fact]
    public async Task Opens_no_other_link()
    {
        using var ada = await app.SignInAsync();
        var (one, other) = (await GuardedAsync(ada), await GuardedAsync(ada, "other.md"));
        using var holder = app.NewClient();
        await holder.UnlockAsync(one, Password);

        var response = await holder.GetAsync(other.Path, Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Anew_shuts_it_for_who_knew_the_old_one()
    {
        using var ada = await app.SignInAsync();
        var link = await GuardedAsync(ada);
        using var holder = app.NewClient();
        await holder.UnlockAsync(link, Password);
        await (await ada.UpdateShareAsync(link.Share, new { password = "four loud owls" })).ReadAsync(HttpStatusCode.OK);

        var response = await holder.GetAsync(link.Path, Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact(DisplayName = "H9: Stays shut after five wrong passwords, also for the right one, until the window is over")]
    public async Task Stays_shut_after_five_wrong_passwords_also_for_the_right_one()
    {
        using var ada = await app.SignInAsync();
        var link = await GuardedAsync(ada);
        using var guesser = app.NewClient();

        var statuses = new List<HttpStatusCode>();
        for (var guess = 0; guess < 5; guess++)
        {
            statuses.Add((await guesser.UnlockAsync(link, $"wrong password {guess}")).StatusCode);
        }

        statuses.Add((await guesser.UnlockAsync(link, Password)).StatusCode);

        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.Unauthorized, 5), HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact(DisplayName = "H9: Opens it again when the window is over")]
    public async Task Opens_it_again_when_the_window_is_over()
    {
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time);
        using var ada = await app.SignInAsync(api);
        var link = await GuardedAsync(ada);
        using var guesser = app.NewClient(api);
        for (var guess = 0; guess < 5; guess++)
        {
            await guesser.UnlockAsync(link, $"wrong password {guess}");
        }

        time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        var before = await guesser.UnlockAsync(link, Password);
        time.Advance(TimeSpan.FromMilliseconds(1));
        var after = await guesser.UnlockAsync(link, Password);

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.NoContent), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task Opens_it_for_as_long_as_a_visit_lasts()
    {
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time);
        using var ada = await app.SignInAsync(api);
        var link = await GuardedAsync(ada);
        using var holder = app.NewClient(api);
        var unlocked = await holder.UnlockAsync(link, Password);

        // Sent by hand: a jar drops by the machine's clock what is over.
        holder.DefaultRequestHeaders.Add("Cookie", unlocked.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromMilliseconds(1));
        var before = await holder.GetAsync($"{link.Path}/preview", Cancelled);
        time.Advance(TimeSpan.FromMilliseconds(1));
        using var late = app.NewClient(api);
        late.DefaultRequestHeaders.Add("Cookie", unlocked.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        var after = await late.GetAsync($"{link.Path}/preview", Cancelled);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
    }

    [Theory(DisplayName = "H20: Has the headers of something that is nobody's business also where it refuses")]
    [InlineData("GET", "", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/preview", HttpStatusCode.Unauthorized)]
    [InlineData("POST", "/unlock", HttpStatusCode.TooManyRequests)]
    [InlineData("POST", "/comments", HttpStatusCode.Unauthorized)]
    public async Task Has_the_headers_of_something_that_is_nobodys_business_also_where_it_refuses(string method, string part, HttpStatusCode expected)
    {
        using var ada = await app.SignInAsync();
        var link = await GuardedAsync(ada);
        using var guesser = app.NewClient();
        for (var guess = 0; guess < 5; guess++)
        {
            await guesser.UnlockAsync(link, $"wrong password {guess}");
        }

        var response = await guesser.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), link.Path + part)
            {
                Content = method == "GET" ? null : JsonContent.Create(new { password = Password, name = "Grace", body = "Hello" }),
            }, Cancelled);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(
            ("no-store, private", "no-referrer", "noindex, nofollow", "nosniff"),
            (string.Join(", ", $"{response.Headers.CacheControl}".Split(", ").Order(StringComparer.Ordinal)), Header("Referrer-Policy"), Header("X-Robots-Tag"),
                Header("X-Content-Type-Options")));

        string Header(string name) => string.Join(", ", response.Headers.GetValues(name));
    }

    private static async Task<Link> GuardedAsync(HttpClient owner, string path = "private-plans.md") => await owner.LinkAsync(
        "file", await owner.CreateFileAsync(await owner.DefaultStashAsync(), path, "the plan"), more: new { password = Password });
}
