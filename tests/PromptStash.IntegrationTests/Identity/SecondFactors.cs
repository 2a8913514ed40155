using System.Text.RegularExpressions;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed partial class SecondFactors(PromptStashApp app)
{
    [Fact(DisplayName = "S17 A time-based code works once, also when it is sent fifty times at the same moment")]
    public async Task A_code_works_once()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (email, authenticator) = await EnrolAsync(house);
        var code = authenticator.Code();

        // Each with a sign-in of its own, so that it is the code that decides and not the sign-in.
        var clients = Enumerable.Range(0, 50).Select(_ => house.NewClient()).ToList();
        await Task.WhenAll(clients.Select(client => client.SignInAsync(email)));
        var answers = await Task.WhenAll(clients.Select(client => client.PostAuthAsync("two-factor/verify-totp", new { code })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(1, await CountSignedInAsync(clients));
    }

    [Fact(DisplayName = "S17 S22 A sign-in is completed once, also when its code is sent fifty times at the same moment")]
    public async Task A_sign_in_is_completed_once()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (email, authenticator) = await EnrolAsync(house);
        using var client = house.NewClient();
        var challenge = (await client.SignInAsync(email)).Cookie(AuthClient.TwoFactorCookie)!;
        using var same = client.WithCookie(challenge, AuthClient.TwoFactorCookie);
        var code = authenticator.Code();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => same.PostAuthAsync("two-factor/verify-totp", new { code })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S18 The code of this step and of the one before count, and no other")]
    public async Task The_window_is_two_steps()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (email, authenticator) = await EnrolAsync(house);
        house.Time.Advance(TimeSpan.FromMinutes(2));

        foreach (var (steps, works) in new[] { (-2, false), (1, false), (-1, true), (0, true) })
        {
            using var client = house.NewClient();
            await client.SignInAsync(email);
            var response = await client.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code(steps) });
            Assert.True(works == (response.StatusCode == HttpStatusCode.OK), $"step {steps}: {response.StatusCode}");
        }

        // The step before is not good any more once this one was used.
        using var late = house.NewClient();
        await late.SignInAsync(email);
        await (await late.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code(-1) })).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_CODE");
    }

    [Fact(DisplayName = "S19 A backup code works once, also when it is sent fifty times at the same moment, and new codes void all old ones")]
    public async Task A_backup_code_works_once()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Identity:Hashing:QueueLimit", "1000"));
        var (email, authenticator) = await EnrolAsync(house);
        var code = authenticator.BackupCodes[3];
        var clients = Enumerable.Range(0, 50).Select(_ => house.NewClient()).ToList();
        await Task.WhenAll(clients.Select(client => client.SignInAsync(email)));

        var answers = await Task.WhenAll(clients.Select(client => client.PostAuthAsync("two-factor/verify-backup-code", new { code })));

        var winner = clients[Array.FindIndex(answers, answer => answer.StatusCode == HttpStatusCode.OK)];
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        house.Time.Advance(TimeSpan.FromMinutes(15));
        using var again = house.NewClient();
        await again.SignInAsync(email);
        await (await again.PostAuthAsync("two-factor/verify-backup-code", new { code })).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_BACKUP_CODE");

        var renewed = await (await winner.PostAuthAsync("two-factor/generate-backup-codes", new { password = AuthClient.Password })).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(10, renewed.GetProperty("backupCodes").GetArrayLength());
        await (await again.PostAuthAsync("two-factor/verify-backup-code", new { code = authenticator.BackupCodes[4] })).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_BACKUP_CODE");
        await (await again.PostAuthAsync("two-factor/verify-backup-code", new { code = renewed.GetProperty("backupCodes")[0].GetString() })).ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Different_backup_codes_at_the_same_moment_all_work()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Identity:Hashing:QueueLimit", "1000"));
        var (email, authenticator) = await EnrolAsync(house);
        var clients = authenticator.BackupCodes.Take(6).Select(_ => house.NewClient()).ToList();
        await Task.WhenAll(clients.Select(client => client.SignInAsync(email)));

        var answers = await Task.WhenAll(clients.Select((client, i) => client.PostAuthAsync("two-factor/verify-backup-code", new { code = authenticator.BackupCodes[i] })));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact(DisplayName = "S20 Backup codes are stored as salted slow hashes, and the secret encrypted")]
    public async Task Are_stored_hashed()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (_, authenticator) = await EnrolAsync(house);
        await using var database = await house.OpenDatabaseAsync();

        var codes = await database.ScalarAsync<string>("SELECT backup_codes FROM identity.two_factors");
        var secret = await database.ScalarAsync<string>("SELECT secret FROM identity.two_factors");

        Assert.Matches(StoredCodes(), codes);
        Assert.DoesNotContain(authenticator.Secret, secret, StringComparison.OrdinalIgnoreCase);
        Assert.True(Convert.FromBase64String(secret!).Length > 60);
    }

    [Fact(DisplayName = "S21 A password reset neither bypasses the second factor nor turns it off")]
    public async Task A_password_reset_does_not_bypass_it()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (email, authenticator) = await EnrolAsync(house);
        using var client = house.NewClient();
        await client.PostAuthAsync("request-password-reset", new { email });
        var token = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Choose a new password"));

        var reset = await client.PostAuthAsync("reset-password", new { newPassword = AuthClient.OtherPassword, token });

        await reset.ReadAsync(HttpStatusCode.OK);
        Assert.Empty(reset.SetCookies());
        var signIn = await (await client.SignInAsync(email, AuthClient.OtherPassword)).ReadAsync(HttpStatusCode.OK);
        Assert.True(signIn.GetProperty("twoFactorRedirect").GetBoolean());
        Assert.False(await client.IsSignedInAsync());
        await (await client.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code() })).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S22 A sign-in waits ten minutes for its code")]
    public async Task A_sign_in_waits_ten_minutes()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (email, authenticator) = await EnrolAsync(house);
        using var client = house.NewClient();
        var response = await client.SignInAsync(email);
        Assert.Contains(response.SetCookies(), cookie => cookie.StartsWith(AuthClient.TwoFactorCookie, StringComparison.Ordinal) && cookie.Contains("max-age=600;", StringComparison.OrdinalIgnoreCase));
        using var same = client.WithCookie(response.Cookie(AuthClient.TwoFactorCookie)!, AuthClient.TwoFactorCookie);
        house.Time.Advance(TimeSpan.FromMinutes(10));

        await (await same.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code() })).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_TWO_FACTOR_COOKIE");
    }

    [Fact(DisplayName = "S22 A sign-in takes five codes, and the right one comes too late after them")]
    public async Task A_sign_in_takes_five_codes()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (email, authenticator) = await EnrolAsync(house);
        using var client = house.NewClient();
        using var same = client.WithCookie((await client.SignInAsync(email)).Cookie(AuthClient.TwoFactorCookie)!, AuthClient.TwoFactorCookie);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await (await same.PostAuthAsync("two-factor/verify-totp", new { code = "000000" })).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_CODE");
        }

        await (await same.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code() })).AssertErrorAsync(HttpStatusCode.BadRequest, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE");
        await (await same.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code() })).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_TWO_FACTOR_COOKIE");
    }

    [Fact(DisplayName = "S22 A sign-in takes the codes of its own user only")]
    public async Task A_sign_in_is_bound_to_its_user()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (_, eves) = await EnrolAsync(house);
        var (email, _) = await EnrolAsync(house);
        using var client = house.NewClient();
        await client.SignInAsync(email);

        await (await client.PostAuthAsync("two-factor/verify-totp", new { code = eves.Code() })).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_CODE");
        await (await client.PostAuthAsync("two-factor/verify-backup-code", new { code = eves.BackupCodes[0] })).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_BACKUP_CODE");
    }

    [Fact]
    public async Task Ten_wrong_codes_in_a_row_lock_the_factor_for_a_quarter_of_an_hour_and_sessions_go_on()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var owner = house.NewClient();
        var email = await owner.NewUserAsync();
        var authenticator = await owner.EnableTwoFactorAsync(house);
        for (var attempt = 0; attempt < 10; attempt++)
        {
            using var attacker = house.NewClient();
            await attacker.SignInAsync(email);
            await (await attacker.PostAuthAsync("two-factor/verify-totp", new { code = "000000" })).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_CODE");
        }

        using var client = house.NewClient();
        await client.SignInAsync(email);
        var locked = await client.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code() });
        await locked.AssertErrorAsync(HttpStatusCode.TooManyRequests, "ACCOUNT_TEMPORARILY_LOCKED");
        Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(15));
        Assert.True(await owner.IsSignedInAsync());

        house.Time.Advance(TimeSpan.FromMinutes(15));
        await client.SignInAsync(email);
        await (await client.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code() })).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S23 A sign-in that waits for its code opens nothing")]
    public async Task A_waiting_sign_in_opens_nothing()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (email, _) = await EnrolAsync(house);
        using var client = house.NewClient();
        var response = await client.SignInAsync(email);
        Assert.Equal("", response.Cookie(AuthClient.SessionCookie));

        foreach (var endpoint in Endpoints.Closed(house.Api))
        {
            using var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), endpoint.Path) { Content = Endpoints.EmptyBody(endpoint.Path) };
            var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{endpoint.Method} {endpoint.Path}: {answer.StatusCode}");
        }

        Assert.False(await client.IsSignedInAsync());
    }

    [Fact(DisplayName = "S24 S10 Turning it on takes the password, does nothing before a code was verified, and then changes the session's secret")]
    public async Task Turning_it_on_takes_the_password_and_a_code()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = AuthClient.NewEmail();
        var first = (await client.SignUpAsync(email)).Cookie(AuthClient.SessionCookie)!;
        await (await client.PostAuthAsync("two-factor/enable", new { password = AuthClient.OtherPassword })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_PASSWORD");
        var authenticator = Authenticator.Of(
            await (await client.PostAuthAsync("two-factor/enable", new { password = AuthClient.Password })).ReadAsync(HttpStatusCode.OK), house);

        using var meanwhile = house.NewClient();
        Assert.False((await (await meanwhile.SignInAsync(email)).ReadAsync(HttpStatusCode.OK)).TryGetProperty("twoFactorRedirect", out _));
        await (await client.PostAuthAsync("two-factor/verify-totp", new { code = "000000" })).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_CODE");
        var verified = await client.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code() });

        Assert.True((await verified.ReadAsync(HttpStatusCode.OK)).GetProperty("user").GetProperty("twoFactorEnabled").GetBoolean());
        using var before = client.WithCookie(first);
        Assert.False(await before.IsSignedInAsync());
        Assert.True(await client.IsSignedInAsync());
        await (await client.PostAuthAsync("two-factor/enable", new { password = AuthClient.Password })).AssertErrorAsync(HttpStatusCode.BadRequest, "TOTP_ALREADY_ENABLED");
        await house.Mail.WaitAsync(email, "Two-factor sign-in is on");
    }

    [Fact(DisplayName = "S10 S28 S33 Turning it off takes the password, changes the session's secret, and is told by mail")]
    public async Task Turning_it_off_takes_the_password()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        await client.EnableTwoFactorAsync(house);
        await (await client.PostAuthAsync("two-factor/disable", new { password = AuthClient.OtherPassword })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_PASSWORD");

        var disabled = await client.PostAuthAsync("two-factor/disable", new { password = AuthClient.Password });

        await disabled.ReadAsync(HttpStatusCode.OK);
        Assert.NotEmpty(disabled.Cookie(AuthClient.SessionCookie)!);
        Assert.True(await client.IsSignedInAsync());
        using var again = house.NewClient();
        await again.SignInAsync(email);
        Assert.True(await again.IsSignedInAsync());
        await house.Mail.WaitAsync(email, "Two-factor sign-in is off");
    }

    [Fact]
    public async Task A_trusted_device_needs_no_code_for_thirty_days_and_changes_its_secret_each_time()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (email, authenticator) = await EnrolAsync(house);
        using var laptop = house.NewClient();
        await laptop.SignInAsync(email);
        var first = (await laptop.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code(), trustDevice = true })).Cookie(AuthClient.TrustedDeviceCookie)!;
        await laptop.PostAuthAsync("sign-out");

        var second = (await laptop.SignInAsync(email)).Cookie(AuthClient.TrustedDeviceCookie)!;

        Assert.True(await laptop.IsSignedInAsync());
        Assert.NotEqual(first, second);
        using var thief = laptop.WithCookie(first, AuthClient.TrustedDeviceCookie);
        Assert.True((await (await thief.SignInAsync(email)).ReadAsync(HttpStatusCode.OK)).GetProperty("twoFactorRedirect").GetBoolean());

        house.Time.Advance(TimeSpan.FromDays(30));
        using var later = laptop.WithCookie(second, AuthClient.TrustedDeviceCookie);
        Assert.True((await (await later.SignInAsync(email)).ReadAsync(HttpStatusCode.OK)).GetProperty("twoFactorRedirect").GetBoolean());
    }

    [Fact]
    public async Task A_trusted_device_is_trusted_for_its_own_user_only_and_not_after_a_new_password()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (adas, authenticator) = await EnrolAsync(house);
        var (eves, _) = await EnrolAsync(house);
        using var laptop = house.NewClient();
        await laptop.SignInAsync(adas);
        await laptop.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code(), trustDevice = true });

        Assert.True((await (await laptop.SignInAsync(eves)).ReadAsync(HttpStatusCode.OK)).GetProperty("twoFactorRedirect").GetBoolean());
        await laptop.SignInAsync(adas);
        await (await laptop.PostAuthAsync("change-password", new { currentPassword = AuthClient.Password, newPassword = AuthClient.OtherPassword })).ReadAsync(HttpStatusCode.OK);
        Assert.True((await (await laptop.SignInAsync(adas, AuthClient.OtherPassword)).ReadAsync(HttpStatusCode.OK)).GetProperty("twoFactorRedirect").GetBoolean());
    }

    private static async Task<(string Email, Authenticator Authenticator)> EnrolAsync(IdentityHouse house)
    {
        using var client = house.NewClient();
        var email = await client.NewUserAsync();

        return (email, await client.EnableTwoFactorAsync(house));
    }

    private static async Task<int> CountSignedInAsync(List<HttpClient> clients)
    {
        var count = 0;
        foreach (var client in clients)
        {
            count += await client.IsSignedInAsync() ? 1 : 0;
        }

        return count;
    }

    [GeneratedRegex(@"^\$argon2id\$v=19\$m=\d+,t=\d+,p=1\$[A-Za-z0-9+/]{22}\$([A-Za-z0-9+/]{22}\.){9}[A-Za-z0-9+/]{22}$")]
    private static partial Regex StoredCodes();
}
