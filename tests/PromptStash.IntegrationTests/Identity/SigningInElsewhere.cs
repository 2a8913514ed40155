using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class SigningInElsewhere(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("oidc")]
    [InlineData("github")]
    [InlineData("google")]
    public async Task Makes_an_account_the_first_time_and_finds_it_again(string name)
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var house = await IdentityHouse.OpenAsync(app, provider.Settings);
        provider.Person = new ProviderAccount("583231", AuthClient.NewEmail(), EmailVerified: true);
        using var first = NewBrowser(house);

        Assert.Equal("/welcome", await SignInAsync(first, name, "/home", newUser: "/welcome"));
        var user = (await first.SessionAsync())!.Value.GetProperty("user");
        Assert.Equal(provider.Person.Email, user.GetProperty("email").GetString());
        Assert.True(user.GetProperty("emailVerified").GetBoolean());

        // Found by the provider's id, also when the address there is another one by now (S37, ASVS 6.8.1).
        provider.Person = provider.Person with { Email = AuthClient.NewEmail() };
        using var second = NewBrowser(house);
        Assert.Equal("/home", await SignInAsync(second, name, "/home", newUser: "/welcome"));
        Assert.Equal(user.GetProperty("id").GetString(), (await second.SessionAsync())!.Value.GetProperty("user").GetProperty("id").GetString());
        var account = Assert.Single((await (await second.GetAuthAsync("list-accounts")).ReadAsync(HttpStatusCode.OK)).EnumerateArray());
        Assert.Equal((name, "583231"), (account.GetProperty("providerId").GetString(), account.GetProperty("accountId").GetString()));

        await using var database = await house.OpenDatabaseAsync();
        Assert.StartsWith("CfDJ8", await database.ScalarAsync<string>("SELECT access_token FROM identity.accounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_the_user_refuses_there_is_told_here()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var house = await IdentityHouse.OpenAsync(app, provider.Settings);
        provider.Refuses = true;
        using var browser = NewBrowser(house);

        Assert.Equal("/sorry?error=access_denied", await SignInAsync(browser, "oidc", "/", error: "/sorry"));
    }

    [Fact(DisplayName = "S37 Linking takes a proven address that is the user's own, and an account that nobody else has")]
    public async Task Links_an_account_of_the_same_address()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var house = await IdentityHouse.OpenAsync(app, provider.Settings);
        using var ada = NewBrowser(house);
        var email = await ada.NewUserAsync();

        provider.Person = new ProviderAccount("1", email, EmailVerified: false);
        Assert.Equal("/?error=unable_to_link_account", await SignInAsync(ada, "oidc", "/", route: "link-social"));
        provider.Person = new ProviderAccount("1", AuthClient.NewEmail(), EmailVerified: true);
        Assert.Equal("/?error=email_does_not_match", await SignInAsync(ada, "oidc", "/", route: "link-social"));
        provider.Person = new ProviderAccount("1", email, EmailVerified: true);
        Assert.Equal("/settings", await SignInAsync(ada, "oidc", "/settings", route: "link-social"));
        Assert.Equal(2, (await (await ada.GetAuthAsync("list-accounts")).ReadAsync(HttpStatusCode.OK)).GetArrayLength());

        using var eve = NewBrowser(house);
        await eve.NewUserAsync();
        Assert.Equal("/?error=account_already_linked_to_different_user", await SignInAsync(eve, "oidc", "/", route: "link-social"));
    }

    [Fact]
    public async Task Links_nothing_to_a_session_that_ended_meanwhile()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var house = await IdentityHouse.OpenAsync(app, provider.Settings);
        using var ada = NewBrowser(house);
        provider.Person = new ProviderAccount("1", await ada.NewUserAsync(), EmailVerified: true);
        var back = await WayBackAsync(ada, "oidc", "/", route: "link-social");
        await ada.PostAuthAsync("sign-out");

        Assert.Equal("/?error=unable_to_link_account", await LocationAsync(ada, back));
    }

    [Fact]
    public async Task With_an_unknown_provider_or_to_another_site_is_refused()
    {
        using var client = app.NewClient();
        await (await client.PostAuthAsync("sign-in/social", new { provider = "google" })).AssertErrorAsync(HttpStatusCode.NotFound, "PROVIDER_NOT_FOUND");

        await using var provider = await FakeProvider.StartAsync();
        await using var house = await IdentityHouse.OpenAsync(app, provider.Settings);
        using var browser = NewBrowser(house);
        await (await browser.PostAuthAsync("sign-in/social", new { provider = "oidc", callbackURL = "https://evil.example" })).AssertErrorAsync(HttpStatusCode.Forbidden, "INVALID_CALLBACK_URL");
        await (await browser.PostAuthAsync("sign-in/social", new { provider = "oidc", errorCallbackURL = "//evil.example" })).AssertErrorAsync(HttpStatusCode.Forbidden, "INVALID_ERROR_CALLBACK_URL");
        await (await browser.PostAuthAsync("sign-in/social", new { provider = "oidc", newUserCallbackURL = "//evil.example" })).AssertErrorAsync(HttpStatusCode.Forbidden, "INVALID_NEW_USER_CALLBACK_URL");
        await (await browser.PostAuthAsync("sign-in/social", new { provider = "oidc", idToken = new { token = "x" } })).AssertErrorAsync(HttpStatusCode.NotFound, "ID_TOKEN_NOT_SUPPORTED");
    }

    private static HttpClient NewBrowser(IdentityHouse house)
    {
        var address = PromptStashApp.AddressOf(house.Api);
        var client = new HttpClient(new KeepingCookies()) { BaseAddress = address };
        client.DefaultRequestHeaders.Add("Origin", address.GetLeftPart(UriPartial.Authority));

        return client;
    }

    private static async Task<string> SignInAsync(
        HttpClient browser, string provider, string callback, string? newUser = null, string? error = null, string route = "sign-in/social") =>
        await LocationAsync(browser, await WayBackAsync(browser, provider, callback, newUser, error, route));

    /// <summary>Goes to the provider, agrees there, and returns the address that leads back.</summary>
    private static async Task<string> WayBackAsync(
        HttpClient browser, string provider, string callback, string? newUser = null, string? error = null, string route = "sign-in/social")
    {
        var begun = await browser.PostAuthAsync(route, new { provider, callbackURL = callback, newUserCallbackURL = newUser, errorCallbackURL = error });
        var url = (await begun.ReadAsync(HttpStatusCode.OK)).GetProperty("url").GetString()!;
        Assert.Equal(url, begun.Headers.Location?.OriginalString);
        using var elsewhere = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

        return await LocationAsync(elsewhere, url);
    }

    private static async Task<string> LocationAsync(HttpClient client, string url)
    {
        using var response = await client.GetAsync(url, Cancelled);
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, $"{response.StatusCode} {await response.Content.ReadAsStringAsync(Cancelled)}");

        return response.Headers.Location!.OriginalString;
    }
}
