using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>A code is good once, a sign-in waits for it no longer than ten minutes, and nothing goes around it.</summary>
[Collection(nameof(IdentityTests))]
public sealed class UsingASecondFactor(IdentityApp app)
{
    [Fact(DisplayName = "S17 A code that enrolled does not sign in, and one that signed in does not sign in again")]
    public async Task Takes_a_code_once()
    {
        using var ada = await app.SignUpAsync();
        await ada.BeginEnrolmentAsync();
        var code = app.CodeAt(ada.TotpSecret);
        await (await ada.Browser.PostAsync("two-factor/verify-totp", new { code })).ReadAsync(HttpStatusCode.OK);
        using var first = await ada.BeginSignInAsync();
        Assert.Equal("INVALID_CODE", await (await VerifyAsync(first, code)).CodeAsync(HttpStatusCode.Unauthorized));

        code = app.NextCode(ada.TotpSecret);
        await (await VerifyAsync(first, code)).ReadAsync(HttpStatusCode.OK);
        using var second = await ada.BeginSignInAsync();

        Assert.Equal("INVALID_CODE", await (await VerifyAsync(second, code)).CodeAsync(HttpStatusCode.Unauthorized));
    }

    [Fact(DisplayName = "S17 Of fifty submissions of one code at once, by ten sign-ins, exactly one succeeds")]
    public async Task Takes_a_code_once_of_many_at_once()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();

        // The limits on tries would refuse most of them, and hide what is looked for.
        await using var api = await app.StartAsync(("Identity:TwoFactor:MaxFailures", "100"));
        var browsers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ada.BeginSignInAsync(api)));
        var code = app.NextCode(ada.TotpSecret);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => VerifyAsync(browsers[i % 10], code)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
    }

    [Theory(DisplayName = "S18 The window is the current step and the one before it")]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public async Task Takes_codes_of_the_window_only(int steps, bool taken)
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var other = await ada.BeginSignInAsync();

        // Far from what the enrolment used up, and in the middle of a step.
        app.Time.Advance(TimeSpan.FromSeconds(120 + 15 - (app.Time.GetUtcNow().ToUnixTimeSeconds() % 30)));

        var answer = await VerifyAsync(other, app.CodeAt(ada.TotpSecret, steps));

        Assert.Equal(taken ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact(DisplayName = "S19 Of fifty submissions of one backup code at once, by ten sign-ins, exactly one succeeds")]
    public async Task Takes_a_backup_code_once_of_many_at_once()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        await using var api = await app.StartAsync(("Identity:TwoFactor:MaxFailures", "100"));
        var browsers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ada.BeginSignInAsync(api)));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => BackupAsync(browsers[i % 10], ada.BackupCodes[0])));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
    }

    [Fact(DisplayName = "S19 A backup code is used up by its sign-in, and the others are not")]
    public async Task Takes_a_backup_code_once()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var first = await ada.BeginSignInAsync();
        await (await BackupAsync(first, ada.BackupCodes[0])).ReadAsync(HttpStatusCode.OK);
        using var second = await ada.BeginSignInAsync();

        Assert.Equal("INVALID_BACKUP_CODE", await (await BackupAsync(second, ada.BackupCodes[0])).CodeAsync(HttpStatusCode.Unauthorized));
        await (await BackupAsync(second, ada.BackupCodes[1])).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S19 New backup codes void all old ones")]
    public async Task Gives_new_backup_codes_for_old()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        var old = ada.BackupCodes;
        var answer = await (await ada.Browser.PostAsync("two-factor/generate-backup-codes", new { password = ada.Password })).ReadAsync(HttpStatusCode.OK);
        var renewed = answer.GetProperty("backupCodes").EnumerateArray().Select(code => code.GetString()!).ToArray();
        using var other = await ada.BeginSignInAsync();

        foreach (var code in old[..4])
        {
            Assert.Equal("INVALID_BACKUP_CODE", await (await BackupAsync(other, code)).CodeAsync(HttpStatusCode.Unauthorized));
        }

        Assert.Empty(renewed.Intersect(old, StringComparer.Ordinal));
        await (await BackupAsync(other, renewed[0])).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S20 Backup codes are stored as salted slow hashes, and no two users' alike")]
    public async Task Stores_backup_codes_as_salted_slow_hashes()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var grace = await app.SignUpWithTwoFactorAsync();
        await using var database = await app.OpenDatabaseAsync();

        var stored = await database.ColumnAsync("SELECT backup_codes FROM identity.two_factors WHERE user_id = $1 OR user_id = $2", ada.Id, grace.Id);

        Assert.Equal(2, stored.Count);
        Assert.All(stored, codes => Assert.Matches(@"^\$argon2id\$v=19\$m=\d{4,},t=\d+,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{22}(\.[A-Za-z0-9+/]{22}){9}\z", codes));
        Assert.NotEqual(stored[0].Split('$')[4], stored[1].Split('$')[4]);
    }

    [Fact(DisplayName = "S21 A new password by mail neither signs in nor takes the second factor away")]
    public async Task Outlives_a_password_reset()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var stranger = app.NewBrowser();
        var token = await ada.AskForResetAsync();

        await (await stranger.PostAsync("reset-password", new { newPassword = "difference engine no. 2", token })).ReadAsync(HttpStatusCode.OK);

        Assert.Null(stranger.Cookie(Browser.SessionCookie));
        var signIn = await (await stranger.PostAsync("sign-in/email", new { email = ada.Email, password = "difference engine no. 2" })).ReadAsync(HttpStatusCode.OK);
        Assert.True(signIn.GetProperty("twoFactorRedirect").GetBoolean());
        Assert.False(await stranger.IsSignedInAsync());
    }

    [Fact(DisplayName = "S21 A new password ends the trust in devices")]
    public async Task Ends_the_trust_in_devices_with_the_password()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var device = await ada.BeginSignInAsync();
        await (await device.PostAsync("two-factor/verify-totp", new { code = app.NextCode(ada.TotpSecret), trustDevice = true })).ReadAsync(HttpStatusCode.OK);
        var trusted = await (await device.PostAsync("sign-in/email", new { email = ada.Email, password = ada.Password })).ReadAsync(HttpStatusCode.OK);
        Assert.True(trusted.TryGetProperty("token", out _));

        await (await device.PostAsync("change-password", new { currentPassword = ada.Password, newPassword = "difference engine no. 2" })).ReadAsync(HttpStatusCode.OK);

        var signIn = await (await device.PostAsync("sign-in/email", new { email = ada.Email, password = "difference engine no. 2" })).ReadAsync(HttpStatusCode.OK);
        Assert.True(signIn.GetProperty("twoFactorRedirect").GetBoolean());
    }

    [Fact(DisplayName = "S22 A sign-in waits ten minutes for its code and no longer")]
    public async Task Waits_ten_minutes()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var other = await ada.BeginSignInAsync();
        var challenge = other.Cookie(Browser.TwoFactorCookie)!;
        app.Time.Advance(TimeSpan.FromMinutes(10));

        // The browser has thrown the cookie away by now; a thief has not.
        using var thief = app.NewBrowser();
        thief.SetCookie(Browser.TwoFactorCookie, challenge);

        Assert.Equal("INVALID_TWO_FACTOR_COOKIE", await (await VerifyAsync(thief, app.CodeAt(ada.TotpSecret))).CodeAsync(HttpStatusCode.Unauthorized));
    }

    [Fact(DisplayName = "S22 A sign-in takes the code of its own user only")]
    public async Task Is_bound_to_its_user()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var eve = await app.SignUpWithTwoFactorAsync();
        using var other = await ada.BeginSignInAsync();

        Assert.Equal("INVALID_CODE", await (await VerifyAsync(other, app.NextCode(eve.TotpSecret))).CodeAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("INVALID_BACKUP_CODE", await (await BackupAsync(other, eve.BackupCodes[0])).CodeAsync(HttpStatusCode.Unauthorized));
    }

    [Fact(DisplayName = "S22 A sign-in is completed once")]
    public async Task Is_completed_once()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var other = await ada.BeginSignInAsync();
        var challenge = other.Cookie(Browser.TwoFactorCookie)!;
        await (await VerifyAsync(other, app.NextCode(ada.TotpSecret))).ReadAsync(HttpStatusCode.OK);
        using var thief = app.NewBrowser();
        thief.SetCookie(Browser.TwoFactorCookie, challenge);

        Assert.Equal("INVALID_TWO_FACTOR_COOKIE", await (await VerifyAsync(thief, app.NextCode(ada.TotpSecret))).CodeAsync(HttpStatusCode.Unauthorized));
    }

    [Fact(DisplayName = "S22 A sign-in has five tries; the sixth is refused, and the sign-in is over")]
    public async Task Has_five_tries()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var other = await ada.BeginSignInAsync();
        var challenge = other.Cookie(Browser.TwoFactorCookie)!;
        var right = app.NextCode(ada.TotpSecret);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("INVALID_CODE", await (await VerifyAsync(other, WrongCode(right))).CodeAsync(HttpStatusCode.Unauthorized));
        }

        Assert.Equal("TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", await (await VerifyAsync(other, right)).CodeAsync(HttpStatusCode.BadRequest));
        other.SetCookie(Browser.TwoFactorCookie, challenge);
        Assert.Equal("INVALID_TWO_FACTOR_COOKIE", await (await VerifyAsync(other, right)).CodeAsync(HttpStatusCode.Unauthorized));
    }

    [Fact(DisplayName = "S22 Ten wrong codes in a row lock the second factor for a quarter of an hour, over all sign-ins")]
    public async Task Is_locked_after_ten_wrong_codes()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        app.Time.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 10; i++)
        {
            using var guess = await ada.BeginSignInAsync();
            Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(guess, WrongCode(app.CodeAt(ada.TotpSecret)))).StatusCode);
        }

        using var other = await ada.BeginSignInAsync();
        var refused = await VerifyAsync(other, app.CodeAt(ada.TotpSecret));
        Assert.Equal("ACCOUNT_TEMPORARILY_LOCKED", await refused.CodeAsync(HttpStatusCode.TooManyRequests));
        Assert.InRange(int.Parse(refused.Headers.GetValues("X-Retry-After").Single(), System.Globalization.CultureInfo.InvariantCulture), 1, 900);

        app.Time.Advance(TimeSpan.FromMinutes(15));
        using var later = await ada.BeginSignInAsync();
        await (await VerifyAsync(later, app.CodeAt(ada.TotpSecret))).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S23 With a sign-in that waits for its code every route that wants a session answers 401")]
    public async Task Opens_nothing_before_its_code()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        using var other = await ada.BeginSignInAsync();
        var routes = Routes.Of(app.Api).Where(route => route.NeedsSession).ToList();
        Assert.NotEmpty(routes);

        foreach (var route in routes)
        {
            var answer = await other.SendAsync(route.Method, route.Path(Guid.Empty, Guid.Empty), route.NewBody());
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{route}: {answer.StatusCode}");
        }

        Assert.False(await other.IsSignedInAsync());
    }

    [Fact(DisplayName = "S24 Enrolling needs the password")]
    public async Task Cannot_be_begun_without_the_password()
    {
        using var ada = await app.SignUpAsync();

        Assert.Equal("INVALID_PASSWORD", await (await ada.Browser.PostAsync("two-factor/enable", new { password = "not the password" })).CodeAsync(HttpStatusCode.BadRequest));
        Assert.Equal("VALIDATION_ERROR", await (await ada.Browser.PostAsync("two-factor/enable")).CodeAsync(HttpStatusCode.BadRequest));
    }

    [Fact(DisplayName = "S24 A second factor does nothing until a code of it was seen")]
    public async Task Does_nothing_until_a_code_was_seen()
    {
        using var ada = await app.SignUpAsync();
        await ada.BeginEnrolmentAsync();
        using var before = await ada.SignInElsewhereAsync();
        Assert.True(await before.IsSignedInAsync());
        Assert.Equal("INVALID_CODE", await (await VerifyAsync(ada.Browser, WrongCode(app.CodeAt(ada.TotpSecret)))).CodeAsync(HttpStatusCode.Unauthorized));
        using var still = await ada.SignInElsewhereAsync();
        Assert.True(await still.IsSignedInAsync());

        await (await VerifyAsync(ada.Browser, app.CodeAt(ada.TotpSecret))).ReadAsync(HttpStatusCode.OK);

        using var after = await ada.SignInElsewhereAsync();
        Assert.False(await after.IsSignedInAsync());
    }

    [Fact(DisplayName = "S24 A second factor that is enrolled is not replaced by enrolling another")]
    public async Task Is_not_replaced_by_another()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();

        Assert.Equal("TOTP_ALREADY_ENABLED", await (await ada.Browser.PostAsync("two-factor/enable", new { password = ada.Password })).CodeAsync(HttpStatusCode.BadRequest));
    }

    private static Task<HttpResponseMessage> VerifyAsync(Browser browser, string code) => browser.PostAsync("two-factor/verify-totp", new { code });

    private static Task<HttpResponseMessage> BackupAsync(Browser browser, string code) => browser.PostAsync("two-factor/verify-backup-code", new { code });

    // Never one of the codes of the window, or nearly: the last digit differs from the current one.
    private static string WrongCode(string right) => right[..^1] + (char)('0' + ((right[^1] - '0' + 5) % 10));
}
