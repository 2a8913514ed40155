using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>A session is a random secret in a cookie that no page can read, and it changes with whatever changes who one is.</summary>
[Collection(nameof(IdentityTests))]
public sealed class HoldingASession(IdentityApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "S10 Signing in again replaces the secret, and the old one is dead")]
    public async Task Anew_replaces_it()
    {
        using var ada = await app.SignUpAsync();

        await ReplacesAsync(ada.Browser, () => ada.Browser.PostAsync("sign-in/email", new { email = ada.Email, password = ada.Password }));
    }

    [Fact(DisplayName = "S10 A new password replaces the secret, and the old one is dead")]
    public async Task With_a_new_password_replaces_it()
    {
        using var ada = await app.SignUpAsync();

        await ReplacesAsync(ada.Browser, () => ada.Browser.PostAsync(
            "change-password", new { currentPassword = ada.Password, newPassword = "difference engine no. 2" }));
    }

    [Fact(DisplayName = "S10 Finishing the enrolment of a second factor replaces the secret, and the old one is dead")]
    public async Task With_a_new_second_factor_replaces_it()
    {
        using var ada = await app.SignUpAsync();
        await ada.BeginEnrolmentAsync();

        await ReplacesAsync(ada.Browser, () => ada.Browser.PostAsync("two-factor/verify-totp", new { code = app.CodeAt(ada.TotpSecret) }));
    }

    [Fact(DisplayName = "S10 Giving up the second factor replaces the secret, and the old one is dead")]
    public async Task Without_a_second_factor_replaces_it()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();

        await ReplacesAsync(ada.Browser, () => ada.Browser.PostAsync("two-factor/disable", new { password = ada.Password }));
    }

    [Fact(DisplayName = "S10 The second factor gives a secret that was not there while it was asked for")]
    public async Task After_a_second_factor_is_new()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var other = await ada.BeginSignInAsync();
        var challenge = other.Cookie(Browser.TwoFactorCookie);

        await (await other.PostAsync("two-factor/verify-totp", new { code = app.NextCode(ada.TotpSecret) })).ReadAsync(HttpStatusCode.OK);

        Assert.NotNull(other.Cookie(Browser.SessionCookie));
        Assert.NotEqual(challenge, other.Cookie(Browser.SessionCookie));
        Assert.Null(other.Cookie(Browser.TwoFactorCookie));
    }

    [Fact(DisplayName = "S10 A secret that somebody planted is never taken over")]
    public async Task That_was_planted_is_never_taken_over()
    {
        using var ada = await app.SignUpAsync();
        using var victim = app.NewBrowser();
        var planted = new string('a', 43);
        victim.SetCookie(Browser.SessionCookie, planted);

        await (await victim.PostAsync("sign-in/email", new { email = ada.Email, password = ada.Password })).ReadAsync(HttpStatusCode.OK);

        Assert.NotEqual(planted, victim.Cookie(Browser.SessionCookie));
        using var thief = app.NewBrowser();
        thief.SetCookie(Browser.SessionCookie, planted);
        Assert.False(await thief.IsSignedInAsync());
    }

    [Fact(DisplayName = "S11 The secret is 32 bytes, and a hundred thousand of them are distinct in every bit")]
    public async Task Has_a_secret_of_256_random_bits()
    {
        using var ada = await app.SignUpAsync();
        Assert.Equal(32, Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(ada.Browser.Cookie(Browser.SessionCookie)!).Length);

        // A hundred thousand sign-ins would take minutes, so the maker of the secrets is asked itself.
        var create = typeof(PromptStash.Identity.IdentityModule).Assembly.GetType("PromptStash.Identity.Secret")!.GetMethod("Create")!.CreateDelegate<Func<string>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var ones = new int[256];
        for (var i = 0; i < 100_000; i++)
        {
            var secret = create();
            Assert.True(seen.Add(secret));
            var bytes = Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(secret);
            for (var bit = 0; bit < ones.Length; bit++)
            {
                ones[bit] += (bytes[bit / 8] >> (bit % 8)) & 1;
            }
        }

        // Ten standard deviations: 0.5 * sqrt(100,000) is 158.
        Assert.All(ones, count => Assert.InRange(count, 50_000 - 1_580, 50_000 + 1_580));
    }

    [Fact(DisplayName = "S13 The cookies are __Host-, Secure, HttpOnly, SameSite=Lax, for all paths and no domain")]
    public async Task Is_in_a_cookie_that_only_this_host_and_no_script_sees()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var client = NewHttpsClient();

        var challenged = await PostHttpsAsync(client, "sign-in/email", new { email = ada.Email, password = ada.Password });
        var challenge = IsHard(challenged, "__Host-" + Browser.TwoFactorCookie, maxAge: 600);
        var signedIn = await PostHttpsAsync(
            client, "two-factor/verify-totp", new { code = app.NextCode(ada.TotpSecret), trustDevice = true }, challenge);

        IsHard(signedIn, "__Host-" + Browser.SessionCookie, maxAge: 604_800);
        IsHard(signedIn, "__Host-" + Browser.TrustedDeviceCookie, maxAge: 2_592_000);
    }

    [Fact(DisplayName = "S13 The secret of the cookie is in no body")]
    public async Task Never_shows_its_secret_in_a_body()
    {
        using var ada = await app.SignUpAsync();
        var signIn = await ada.Browser.PostAsync("sign-in/email", new { email = ada.Email, password = ada.Password });
        var secret = ada.Browser.Cookie(Browser.SessionCookie)!;
        HttpResponseMessage[] answers =
        [
            signIn, await ada.Browser.GetAsync("get-session"), await ada.Browser.GetAsync("list-sessions"), await ada.Browser.GetAsync("list-accounts"),
            await ada.Browser.Http.GetAsync("/api/v1/account/audit", Cancelled),
        ];

        foreach (var answer in answers)
        {
            var body = await answer.Content.ReadAsStringAsync(Cancelled);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain(secret, body, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "S14 All cookies together are far below 4096 bytes")]
    public async Task Is_small()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var client = NewHttpsClient();
        var challenged = await PostHttpsAsync(client, "sign-in/email", new { email = ada.Email, password = ada.Password });
        var signedIn = await PostHttpsAsync(
            client, "two-factor/verify-totp", new { code = app.NextCode(ada.TotpSecret), trustDevice = true },
            challenged.CookieSet("__Host-" + Browser.TwoFactorCookie).Split(';')[0]);

        Assert.True(challenged.CookiesSet().Concat(signedIn.CookiesSet()).Sum(cookie => cookie.Length) < 4096 / 4);
    }

    [Fact(DisplayName = "S31 The list shows one's own sessions and nobody else's")]
    public async Task Lists_only_ones_own()
    {
        using var ada = await app.SignUpAsync();
        using var elsewhere = await ada.SignInElsewhereAsync();
        using var eve = await app.SignUpAsync();

        var sessions = await (await ada.Browser.GetAsync("list-sessions")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(2, sessions.GetArrayLength());
        Assert.All(sessions.EnumerateArray(), session => Assert.Equal(ada.Id, session.GetProperty("userId").GetGuid()));
    }

    [Fact(DisplayName = "S31 Somebody else's session cannot be ended, and the answer does not tell that it is there")]
    public async Task Of_somebody_else_cannot_be_ended()
    {
        using var ada = await app.SignUpAsync();
        using var eve = await app.SignUpAsync();
        var session = await (await ada.Browser.GetAsync("get-session")).ReadAsync(HttpStatusCode.OK);
        var handle = session.GetProperty("session").GetProperty("token").GetString();

        var foreign = await eve.Browser.PostAsync("revoke-session", new { token = handle });
        var unknown = await eve.Browser.PostAsync("revoke-session", new { token = app.House.NewId() });

        Assert.Equal(await unknown.ShapeAsync(), await foreign.ShapeAsync());
        Assert.True(await ada.Browser.IsSignedInAsync());
    }

    [Fact(DisplayName = "S31 One's own other session ends, by its handle")]
    public async Task Of_ones_own_can_be_ended()
    {
        using var ada = await app.SignUpAsync();
        using var elsewhere = await ada.SignInElsewhereAsync();
        var other = await (await elsewhere.GetAsync("get-session")).ReadAsync(HttpStatusCode.OK);

        await (await ada.Browser.PostAsync("revoke-session", new { token = other.GetProperty("session").GetProperty("token").GetString() }))
            .ReadAsync(HttpStatusCode.OK);

        Assert.False(await elsewhere.IsSignedInAsync());
        Assert.True(await ada.Browser.IsSignedInAsync());
    }

    [Fact(DisplayName = "S32 A session that is not used ends after seven days")]
    public async Task Unused_ends_after_seven_days()
    {
        using var ada = await app.SignUpAsync();
        using var elsewhere = await ada.SignInElsewhereAsync();

        app.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        Assert.True(await ada.Browser.IsSignedInAsync());
        app.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.True(await ada.Browser.IsSignedInAsync());
        Assert.False(await elsewhere.IsSignedInAsync());
    }

    [Fact(DisplayName = "S32 A session in daily use ends after thirty days")]
    public async Task Used_every_day_ends_after_thirty_days()
    {
        using var ada = await app.SignUpAsync();
        for (var day = 1; day < 30; day++)
        {
            app.Time.Advance(TimeSpan.FromDays(1));
            Assert.True(await ada.Browser.IsSignedInAsync(), $"day {day}");
        }

        // A thief would keep a cookie that the browser has thrown away.
        var secret = ada.Browser.Cookie(Browser.SessionCookie)!;
        app.Time.Advance(TimeSpan.FromDays(1));
        using var thief = app.NewBrowser();
        thief.SetCookie(Browser.SessionCookie, secret);

        Assert.False(await thief.IsSignedInAsync());
    }

    [Fact(DisplayName = "S32 A session in use is written to once a day")]
    public async Task In_use_is_written_to_once_a_day()
    {
        using var ada = await app.SignUpAsync();
        await using var database = await app.OpenDatabaseAsync();
        var versions = new HashSet<string?>();
        for (var hour = 0; hour < 48; hour++)
        {
            await ada.Browser.IsSignedInAsync();
            versions.Add(await database.ScalarAsync<string>("SELECT xmin::text FROM identity.sessions WHERE user_id = $1", ada.Id));
            app.Time.Advance(TimeSpan.FromHours(1));
        }

        // As it was begun, and as it was prolonged after a day.
        Assert.Equal(2, versions.Count);
    }

    [Fact(DisplayName = "S32 Of many requests at once one prolongs the session, and all are answered")]
    public async Task Is_prolonged_by_one_of_many_requests()
    {
        using var ada = await app.SignUpAsync();
        app.Time.Advance(TimeSpan.FromDays(2));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ada.Browser.GetAsync("get-session")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Single(answers, answer => answer.CookiesSet().Length > 0);
    }

    private async Task ReplacesAsync(Browser browser, Func<Task<HttpResponseMessage>> change)
    {
        var old = browser.Cookie(Browser.SessionCookie)!;

        await (await change()).ReadAsync(HttpStatusCode.OK);

        Assert.NotEqual(old, browser.Cookie(Browser.SessionCookie));
        Assert.True(await browser.IsSignedInAsync());
        using var thief = app.NewBrowser();
        thief.SetCookie(Browser.SessionCookie, old);
        Assert.False(await thief.IsSignedInAsync());
    }

    private HttpClient NewHttpsClient() => new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = PromptStashApp.AddressOf(app.Api) };

    /// <summary>Comes through a proxy that ends TLS, as in production.</summary>
    private static async Task<HttpResponseMessage> PostHttpsAsync(HttpClient client, string route, object body, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/auth/{route}") { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("Origin", "https://prompts.example.com");
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        var response = await client.SendAsync(request, Cancelled);
        await response.ReadAsync(HttpStatusCode.OK);

        return response;
    }

    private static string IsHard(HttpResponseMessage response, string name, int maxAge)
    {
        var parts = response.CookieSet(name).Split("; ");

        Assert.Equal(
            ["httponly", $"max-age={maxAge}", "path=/", "samesite=lax", "secure"],
            parts[1..].Select(part => part.ToLowerInvariant()).Where(part => !part.StartsWith("expires=", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

        return parts[0];
    }
}
