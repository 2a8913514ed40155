using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class KeepingSessions(PromptStashApp app)
{
    [Fact(DisplayName = "S10 A session has a new secret after every sign-in, and the one before it is dead")]
    public async Task Has_a_new_secret_after_every_sign_in()
    {
        using var client = app.NewClient();
        var email = AuthClient.NewEmail();
        var first = (await client.SignUpAsync(email)).Cookie(AuthClient.SessionCookie)!;

        var second = (await client.SignInAsync(email)).Cookie(AuthClient.SessionCookie)!;

        Assert.NotEqual(first, second);
        using var before = client.WithCookie(first);
        Assert.False(await before.IsSignedInAsync());
        Assert.True(await client.IsSignedInAsync());
    }

    [Fact(DisplayName = "S10 A session never takes over a secret that was planted before the sign-in")]
    public async Task Never_takes_over_a_planted_secret()
    {
        using var client = app.NewClient();
        var email = await client.NewUserAsync();
        var planted = new string('A', 43);
        using var victim = client.WithCookie(planted);

        var response = await victim.SignInAsync(email);

        Assert.NotEqual(planted, response.Cookie(AuthClient.SessionCookie));
        Assert.False(await victim.IsSignedInAsync());
    }

    [Fact(DisplayName = "S13 S14 A session's cookie is Secure, HttpOnly, Lax, host-only and small, and its secret is in no body")]
    public async Task Is_in_a_cookie_that_only_this_host_sees()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        client.DefaultRequestHeaders.Remove("Origin");
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        var response = await client.SignUpAsync(AuthClient.NewEmail());

        var cookie = Assert.Single(response.SetCookies());
        var attributes = cookie.Split("; ").Skip(1).Select(attribute => attribute.ToUpperInvariant()).ToList();
        Assert.StartsWith("__Host-promptstash.session_token=", cookie, StringComparison.Ordinal);
        Assert.Equal("HTTPONLY,MAX-AGE=604800,PATH=/,SAMESITE=LAX,SECURE", string.Join(",", attributes.Order(StringComparer.Ordinal)));
        Assert.InRange(cookie.Length, 1, 4095);

        var secret = response.Cookie("__Host-promptstash.session_token")!;
        Assert.Equal(43, secret.Length);
        Assert.DoesNotContain(secret, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var later = client.WithCookie(secret, "__Host-promptstash.session_token");
        later.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        var session = await (await later.GetAuthAsync("get-session")).ReadAsync(HttpStatusCode.OK);
        Assert.DoesNotContain(secret, session.ToString(), StringComparison.Ordinal);
        Assert.Equal(session.GetProperty("session").GetProperty("id").GetString(), session.GetProperty("session").GetProperty("token").GetString());

        // The name without __Host- is for http alone: under https another host of the same site could have set it.
        using var tricked = client.WithCookie(secret);
        tricked.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        Assert.False(await tricked.IsSignedInAsync());
    }

    [Fact]
    public async Task That_is_not_to_be_remembered_ends_after_a_day_and_with_the_browser()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();

        var response = await client.PostAuthAsync("sign-in/email", new { email, password = AuthClient.Password, rememberMe = false });

        Assert.DoesNotContain("max-age", Assert.Single(response.SetCookies()), StringComparison.OrdinalIgnoreCase);
        house.Time.Advance(TimeSpan.FromHours(23));
        Assert.True(await client.IsSignedInAsync());
        house.Time.Advance(TimeSpan.FromHours(1));
        Assert.False(await client.IsSignedInAsync());
    }

    [Fact(DisplayName = "S32 A session ends after seven days without use")]
    public async Task Ends_after_seven_days_without_use()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var secret = (await client.SignUpAsync(AuthClient.NewEmail())).Cookie(AuthClient.SessionCookie)!;
        using var idle = client.WithCookie(secret);

        house.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        Assert.NotNull(await (await idle.GetAuthAsync("get-session?disableRefresh=true")).ReadAsync(HttpStatusCode.OK) is { ValueKind: JsonValueKind.Object } found ? found : null);
        house.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await idle.IsSignedInAsync());
    }

    [Fact(DisplayName = "S32 A session in daily use ends after thirty days, and is written once a day at most")]
    public async Task Ends_after_thirty_days_in_any_case()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        await client.SignUpAsync(AuthClient.NewEmail());
        await using var database = await house.OpenDatabaseAsync();
        var cookies = 0;

        for (var quarter = 1; quarter < 30 * 4; quarter++)
        {
            house.Time.Advance(TimeSpan.FromHours(6));
            var responses = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => client.GetAuthAsync("get-session")));
            Assert.All(responses, response => Assert.NotEqual(4, response.Content.Headers.ContentLength));
            cookies += responses.Count(response => response.SetCookies().Any());
        }

        Assert.InRange(cookies, 20, 30);
        house.Time.Advance(TimeSpan.FromHours(6));
        Assert.False(await client.IsSignedInAsync());
    }

    [Fact(DisplayName = "S31 A session is listed and revoked by its own user only")]
    public async Task Is_revoked_by_its_own_user_only()
    {
        using var ada = app.NewClient();
        using var phone = app.NewClient();
        using var eve = app.NewClient();
        var email = await ada.NewUserAsync();
        await phone.SignInAsync(email);
        await eve.NewUserAsync();

        var sessions = await (await ada.GetAuthAsync("list-sessions")).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(2, sessions.GetArrayLength());
        var handle = (await phone.SessionAsync())!.Value.GetProperty("session").GetProperty("token").GetString();
        var other = await (await eve.PostAuthAsync("revoke-session", new { token = handle })).ReadAsync(HttpStatusCode.OK);
        var unknown = await (await eve.PostAuthAsync("revoke-session", new { token = "nothing" })).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(unknown.ToString(), other.ToString());
        Assert.True(await phone.IsSignedInAsync());

        await (await ada.PostAuthAsync("revoke-session", new { token = handle })).ReadAsync(HttpStatusCode.OK);
        Assert.False(await phone.IsSignedInAsync());
        Assert.True(await ada.IsSignedInAsync());
    }

    [Fact]
    public async Task Is_ended_with_all_others_or_without_them()
    {
        using var ada = app.NewClient();
        using var phone = app.NewClient();
        using var tablet = app.NewClient();
        var email = await ada.NewUserAsync();
        await phone.SignInAsync(email);
        await tablet.SignInAsync(email);

        await (await ada.PostAuthAsync("revoke-other-sessions")).ReadAsync(HttpStatusCode.OK);
        Assert.Equal((true, false, false), (await ada.IsSignedInAsync(), await phone.IsSignedInAsync(), await tablet.IsSignedInAsync()));

        await (await ada.PostAuthAsync("revoke-sessions")).ReadAsync(HttpStatusCode.OK);
        Assert.False(await ada.IsSignedInAsync());
    }

    [Fact(DisplayName = "S30 A session lists the others only within a day of its sign-in")]
    public async Task Lists_the_others_only_while_it_is_fresh()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        await client.SignUpAsync(AuthClient.NewEmail());
        house.Time.Advance(TimeSpan.FromDays(1));

        await (await client.GetAuthAsync("list-sessions")).AssertErrorAsync(HttpStatusCode.Forbidden, "SESSION_NOT_FRESH");
    }

    [Fact]
    public async Task Is_over_after_signing_out_wherever_its_cookie_went()
    {
        using var client = app.NewClient();
        var secret = (await client.SignUpAsync(AuthClient.NewEmail())).Cookie(AuthClient.SessionCookie)!;
        using var copy = client.WithCookie(secret);

        await (await client.PostAuthAsync("sign-out")).ReadAsync(HttpStatusCode.OK);

        Assert.False(await copy.IsSignedInAsync());
        await (await client.PostAuthAsync("sign-out")).ReadAsync(HttpStatusCode.OK);
        await (await client.GetAuthAsync("list-sessions")).AssertErrorAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task Is_removed_when_it_is_over()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        await client.SignUpAsync(AuthClient.NewEmail());
        await using var database = await house.OpenDatabaseAsync();

        house.Time.Advance(TimeSpan.FromDays(8));

        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM identity.sessions") == 0, "the session's row is gone");
    }
}
