using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class TellingOperators(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "S39 The log holds what happened to accounts, with user, address and outcome, and no secret")]
    public async Task The_log_holds_events_and_no_secret()
    {
        await using var mailServer = FakeMailServer.Start();
        await using var house = await IdentityHouse.OpenAsync(app, [.. mailServer.Settings, ("Logging:LogLevel:Default", "Trace")]);
        using var client = house.NewClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        var email = AuthClient.NewEmail();
        var secrets = new List<string> { AuthClient.Password, AuthClient.OtherPassword, "a wrong password" };
        secrets.Add((await client.SignUpAsync(email)).Cookie(AuthClient.SessionCookie)!);
        var verify = await mailServer.LinkAsync(email, "Confirm your e-mail address");
        secrets.Add(Mailbox.TokenIn(verify));
        await client.FollowAsync(verify);
        await client.SignInAsync(email, "a wrong password");
        secrets.Add((await client.SignInAsync(email)).Cookie(AuthClient.SessionCookie)!);
        var userId = (await client.SessionAsync())!.Value.GetProperty("user").GetProperty("id").GetString()!;
        var authenticator = await client.EnableTwoFactorAsync(house);
        secrets.AddRange([authenticator.Secret, .. authenticator.BackupCodes]);
        secrets.Add((await client.SignInAsync(email)).Cookie(AuthClient.TwoFactorCookie)!);
        var signedIn = await client.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code(), trustDevice = true });
        secrets.AddRange([signedIn.Cookie(AuthClient.SessionCookie)!, signedIn.Cookie(AuthClient.TrustedDeviceCookie)!]);
        var token = await (await client.CreateApiTokenAsync(house.Time.GetUtcNow(), ["stashes:read"])).ReadAsync(HttpStatusCode.Created);
        secrets.Add(token.GetProperty("token").GetString()!);
        await client.PostAuthAsync("request-password-reset", new { email });
        var reset = await mailServer.LinkAsync(email, "Choose a new password");
        secrets.Add(Mailbox.TokenIn(reset));
        await client.FollowAsync(reset);
        await client.PostAuthAsync("reset-password", new { newPassword = AuthClient.OtherPassword, token = Mailbox.TokenIn(reset) });

        var log = string.Join('\n', house.Log.Lines);

        Assert.All(secrets.Where(secret => secret.Length > 0), secret => Assert.False(log.Contains(secret, StringComparison.OrdinalIgnoreCase), $"A secret was logged: {house.Log.Lines.FirstOrDefault(line => line.Contains(secret, StringComparison.OrdinalIgnoreCase))}"));
        foreach (var type in new[] { "sign-up succeeded", "email-verified succeeded", "sign-in failed", "sign-in succeeded", "two-factor-enabled succeeded", "api-token-created succeeded", "password-reset succeeded" })
        {
            Assert.Contains(house.Log.Lines, line => line.Contains($"Security event {type}: user {userId}, address 203.0.113.7", StringComparison.Ordinal));
        }
    }

    [Fact(DisplayName = "S40 An address is taken from X-Forwarded-For only when a known proxy sends it")]
    public async Task An_address_is_taken_from_known_proxies_only()
    {
        await using var behindProxy = await IdentityHouse.OpenAsync(app);
        using var trusted = behindProxy.NewClient();
        trusted.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        await trusted.NewUserAsync();
        Assert.Equal("203.0.113.9", (await trusted.SessionAsync())!.Value.GetProperty("session").GetProperty("ipAddress").GetString());

        using var direct = app.NewClient();
        direct.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        await direct.NewUserAsync();
        Assert.Equal("127.0.0.1", (await direct.SessionAsync())!.Value.GetProperty("session").GetProperty("ipAddress").GetString());
    }

    [Fact(DisplayName = "S41 Answers carry the headers that keep browsers from doing anything else with them")]
    public async Task Answers_carry_security_headers()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        client.DefaultRequestHeaders.Remove("Origin");
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        client.DefaultRequestHeaders.Host = "prompts.example.com";
        var secret = (await client.SignUpAsync(AuthClient.NewEmail())).Cookie("__Host-promptstash.session_token")!;
        using var signedIn = client.WithCookie(secret, "__Host-promptstash.session_token");
        signedIn.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        signedIn.DefaultRequestHeaders.Host = "prompts.example.com";

        foreach (var path in new[] { "/api/auth/get-session", "/api/auth/list-sessions", "/api/auth/nothing", "/api/v1/stashes", "/api/v1/account/audit", "/api/v1/nothing" })
        {
            using var response = await signedIn.GetAsync(path, Cancelled);
            Assert.True(response.Headers.CacheControl?.NoStore, path);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
            Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.StartsWith("max-age=", response.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "S42 An error of ours tells a trace id, and neither SQL nor a stack")]
    public async Task An_error_of_ours_tells_a_trace_id()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        await client.NewUserAsync();
        await using (var database = await house.OpenDatabaseAsync())
        {
            await database.ExecuteAsync("ALTER TABLE identity.accounts RENAME TO accounts_of_yore");
        }

        var response = await client.GetAuthAsync("list-accounts");

        var body = await response.ReadAsync(HttpStatusCode.InternalServerError);
        Assert.Equal("INTERNAL_SERVER_ERROR", body.GetProperty("code").GetString());
        Assert.Equal("Internal Server Error", body.GetProperty("message").GetString());
        Assert.NotEmpty(body.GetProperty("traceId").GetString()!);
        Assert.Equal(3, body.EnumerateObject().Count());
    }
}
