using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class TellingOperators(PromptStashApp app)
{
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
}
