namespace PromptStash.IntegrationTests.Identity;

public sealed class ChangingAddresses(PromptStashApp app)
{
    [Fact(DisplayName = "S33 Changing the address takes the consent of the old and the new one, and is told to both")]
    public async Task Takes_the_consent_of_both()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await VerifiedUserAsync(house, client);
        var next = AuthClient.NewEmail("ada.king");

        await (await client.PostAuthAsync("change-email", new { newEmail = next, callbackURL = "/settings" })).ReadAsync(HttpStatusCode.OK);
        var confirm = await house.Mail.LinkAsync(email, "Confirm that your e-mail address should change");
        Assert.Empty(house.Mail.To(next));
        Assert.Equal("/settings", (await client.FollowAsync(confirm)).Headers.Location?.ToString());
        var verify = await house.Mail.LinkAsync(next, "Confirm your new e-mail address");
        Assert.Equal(email, await AddressAsync(client));
        Assert.Equal("/settings", (await client.FollowAsync(verify)).Headers.Location?.ToString());

        Assert.Equal(next, await AddressAsync(client));
        await house.Mail.WaitAsync(email, "Your e-mail address was changed");
        await house.Mail.WaitAsync(next, "Your e-mail address was changed");
        await (await client.SignInAsync(email)).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_EMAIL_OR_PASSWORD");
        await (await client.SignInAsync(next)).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S4 Changing to a taken address is answered like changing to a free one; only its owner is told")]
    public async Task To_a_taken_one_is_answered_like_to_a_free_one()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        using var other = house.NewClient();
        var email = await VerifiedUserAsync(house, client);
        var taken = await VerifiedUserAsync(house, other);

        var toTaken = await client.PostAuthAsync("change-email", new { newEmail = taken });
        await house.Mail.WaitAsync(email, "Confirm that your e-mail address should change");
        var toFree = await client.PostAuthAsync("change-email", new { newEmail = AuthClient.NewEmail() });
        var confirm = await house.Mail.LinkAsync(email, "Confirm that your e-mail address should change", count: 2);

        Assert.Equal((await toFree.ReadAsync(HttpStatusCode.OK)).ToString(), (await toTaken.ReadAsync(HttpStatusCode.OK)).ToString());
        await client.FollowAsync(confirm);
        await (await client.PostAuthAsync("change-email", new { newEmail = taken })).ReadAsync(HttpStatusCode.OK);
        await client.FollowAsync(await house.Mail.LinkAsync(email, "Confirm that your e-mail address should change", count: 3));
        await house.Mail.WaitAsync(taken, "Your e-mail address was asked for");
        Assert.Equal(email, await AddressAsync(client));
    }

    [Fact(DisplayName = "S30 Changing the address takes a sign-in of the last fifteen minutes, or the password")]
    public async Task Takes_a_fresh_sign_in_or_the_password()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        await VerifiedUserAsync(house, client);
        house.Time.Advance(TimeSpan.FromMinutes(15));

        await (await client.PostAuthAsync("change-email", new { newEmail = AuthClient.NewEmail() })).AssertErrorAsync(HttpStatusCode.Forbidden, "SESSION_NOT_FRESH");
        await (await client.PostAuthAsync("change-email", new { newEmail = AuthClient.NewEmail(), password = "not the password" })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_PASSWORD");
        await (await client.PostAuthAsync("change-email", new { newEmail = AuthClient.NewEmail(), password = AuthClient.Password })).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S34 A link works for the purpose that it was sent for, once, and for an hour")]
    public async Task By_a_link_of_another_purpose_does_not_work()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        var verify = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Confirm your e-mail address"));
        await client.PostAuthAsync("request-password-reset", new { email });
        var reset = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Choose a new password"));

        await (await client.PostAuthAsync("reset-password", new { newPassword = AuthClient.OtherPassword, token = verify })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_TOKEN");
        await (await client.GetAuthAsync($"verify-email?token={reset}")).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_TOKEN");
        await (await client.PostAuthAsync("delete-user", new { token = reset })).AssertErrorAsync(HttpStatusCode.NotFound, "INVALID_TOKEN");

        // Neither was used up by that.
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.GetAuthAsync($"verify-email?token={verify}")));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        await (await client.PostAuthAsync("reset-password", new { newPassword = AuthClient.OtherPassword, token = reset })).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S34 A verification link is over after an hour, and the newest voids the ones before")]
    public async Task By_a_link_that_is_over_does_not_work()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        var first = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Confirm your e-mail address"));
        await (await client.PostAuthAsync("send-verification-email", new { email })).ReadAsync(HttpStatusCode.OK);
        var second = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Confirm your e-mail address", count: 2));

        await (await client.GetAuthAsync($"verify-email?token={first}")).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_TOKEN");
        house.Time.Advance(TimeSpan.FromMinutes(59));
        await (await client.PostAuthAsync("send-verification-email", new { email })).ReadAsync(HttpStatusCode.OK);
        var third = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Confirm your e-mail address", count: 3));
        house.Time.Advance(TimeSpan.FromMinutes(59));
        await (await client.GetAuthAsync($"verify-email?token={second}")).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_TOKEN");
        await (await client.GetAuthAsync($"verify-email?token={third}")).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S35 A mail's link is built from the configuration, whatever Host the request has")]
    public async Task By_a_link_leads_to_the_configured_address()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = AuthClient.NewEmail();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/sign-up/email")
        {
            Content = JsonContent.Create(new { name = "Ada", email, password = AuthClient.Password }),
        };
        request.Headers.Host = "evil.example";
        request.Headers.Add("Origin", "http://evil.example");

        await (await client.SendAsync(request, TestContext.Current.CancellationToken)).ReadAsync(HttpStatusCode.OK);

        var mail = await house.Mail.WaitAsync(email, "Confirm your e-mail address");
        Assert.StartsWith("https://prompts.example.com/api/auth/verify-email?token=", Mailbox.LinkIn(mail).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("evil", mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("Ada", mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_not_a_way_to_fill_somebodys_mailbox()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        for (var attempt = 0; attempt < 30; attempt++)
        {
            await (await client.PostAuthAsync("request-password-reset", new { email })).ReadAsync(HttpStatusCode.OK);
        }

        await house.Mail.WaitAsync(email, "Choose a new password", count: 9);
        await using var database = await house.OpenDatabaseAsync();
        await Eventually.TrueAsync(
            async () => await Database.Sql.ScalarAsync<long>(database, "SELECT count(*) FROM identity.outbox_messages") == 0, "the outbox is empty");
        Assert.Equal(10, house.Mail.To(email).Count);
    }

    public static TheoryData<string> OpenRedirects => new(
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil.example", "https:evil.example", "https:/evil.example",
        "https://evil.example", "http://evil.example/prompts.example.com", "https://prompts.example.com.evil.example", "https://prompts.example.com@evil.example",
        "https://evil.example#prompts.example.com", "https://evil.example?prompts.example.com", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
        "vbscript:x", "file:///etc/passwd", "ftp://prompts.example.com", "/%2f%2fevil.example", "/%2Fevil.example", "/%5cevil.example", "/%5C%5Cevil.example",
        "/\tevil", "\t//evil.example", "/\n/evil.example", " https://evil.example", "evil.example", "?x=https://evil.example", "#x", "http://prompts.example.com",
        "https://prompts.example.com:8443/", "//prompts.example.com/x", "https://prompts.example.com\\@evil.example");

    [Theory(DisplayName = "S36 A link leads on to our own pages only")]
    [MemberData(nameof(OpenRedirects))]
    public async Task Leads_on_to_our_own_pages_only(string url)
    {
        using var client = app.NewClient();
        var email = AuthClient.NewEmail();

        await (await client.PostAuthAsync("sign-up/email", new { name = "Ada", email, password = AuthClient.Password, callbackURL = url })).AssertErrorAsync(HttpStatusCode.Forbidden, "INVALID_CALLBACK_URL");
        await (await client.PostAuthAsync("sign-in/email", new { email, password = AuthClient.Password, callbackURL = url })).AssertErrorAsync(HttpStatusCode.Forbidden, "INVALID_CALLBACK_URL");
        await (await client.PostAuthAsync("send-verification-email", new { email, callbackURL = url })).AssertErrorAsync(HttpStatusCode.Forbidden, "INVALID_CALLBACK_URL");
        await (await client.PostAuthAsync("request-password-reset", new { email, redirectTo = url })).AssertErrorAsync(HttpStatusCode.Forbidden, "INVALID_REDIRECT_URL");
        var query = Uri.EscapeDataString(url);
        await (await client.GetAuthAsync($"verify-email?token=x&callbackURL={query}")).AssertErrorAsync(HttpStatusCode.Forbidden, "INVALID_CALLBACK_URL");
        await (await client.GetAuthAsync($"reset-password/x?callbackURL={query}")).AssertErrorAsync(HttpStatusCode.Forbidden, "INVALID_CALLBACK_URL");
        await (await client.GetAuthAsync($"delete-user/callback?token=x&callbackURL={query}")).AssertErrorAsync(HttpStatusCode.Forbidden, "INVALID_CALLBACK_URL");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/welcome?next=/a/b&x=1#top")]
    [InlineData("https://prompts.example.com/welcome")]
    [InlineData("https://prompts.example.com")]
    public async Task Leads_on_to_our_own_pages(string url)
    {
        using var client = app.NewClient();

        var response = await client.GetAuthAsync($"verify-email?token=x&callbackURL={Uri.EscapeDataString(url)}");

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Contains("error=INVALID_TOKEN", response.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> VerifiedUserAsync(IdentityHouse house, HttpClient client)
    {
        var email = await client.NewUserAsync();
        await client.FollowAsync(await house.Mail.LinkAsync(email, "Confirm your e-mail address"));

        return email;
    }

    private static async Task<string?> AddressAsync(HttpClient client) =>
        (await client.SessionAsync())?.GetProperty("user").GetProperty("email").GetString();
}
