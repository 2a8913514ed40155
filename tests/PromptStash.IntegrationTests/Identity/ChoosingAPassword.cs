namespace PromptStash.IntegrationTests.Identity;

/// <summary>A password is long enough, counts in every character, and is not one that anybody would try first. Nothing else is asked of it.</summary>
[Collection(nameof(IdentityTests))]
public sealed class ChoosingAPassword(IdentityApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, string?> Lengths => new()
    {
        { "z", 7, "PASSWORD_TOO_SHORT" },
        { "z", 8, null },
        { "z", 128, null },
        { "z", 129, "PASSWORD_TOO_LONG" },

        // One code point in two UTF-16 code units, and in four bytes.
        { "\U0001F512", 7, "PASSWORD_TOO_SHORT" },
        { "\U0001F512", 8, null },
        { "\U0001F512", 128, null },
        { "\U0001F512", 129, "PASSWORD_TOO_LONG" },
    };

    [Theory(DisplayName = "S26 A password has 8 to 128 Unicode code points")]
    [MemberData(nameof(Lengths))]
    public async Task Is_bounded_in_code_points(string character, int count, string? error)
    {
        using var browser = app.NewBrowser();

        var answer = await SignUpAsync(browser, string.Concat(Enumerable.Repeat(character, count - 1)) + "!");

        Assert.Equal(error, answer.IsSuccessStatusCode ? null : await answer.CodeAsync(HttpStatusCode.BadRequest));
    }

    [Theory(DisplayName = "S26 There are no rules of composition")]
    [InlineData("qmzvxwkb")]
    [InlineData("93017465")]
    [InlineData("        ~")]
    [InlineData("пароль незнакомый")]
    public async Task Has_no_rules_of_composition(string password)
    {
        using var browser = app.NewBrowser();

        await (await SignUpAsync(browser, password)).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S26 Passwords that differ in the 128th character alone are different")]
    public async Task Is_never_cut_off()
    {
        using var browser = app.NewBrowser();
        var (email, start) = (app.NewEmail(), string.Concat(Enumerable.Repeat("\U0001F512", 127)));
        await (await SignUpAsync(browser, start + "a", email)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.PostAsync("sign-in/email", new { email, password = start + "b" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("sign-in/email", new { email, password = start + "a" })).StatusCode);
    }

    [Fact(DisplayName = "S26 A password of 129 characters is refused at sign-in before it is hashed or counted")]
    public async Task That_is_too_long_is_not_hashed()
    {
        using var ada = await app.SignUpAsync();
        for (var i = 0; i < 15; i++)
        {
            var answer = await ada.Browser.PostAsync("sign-in/email", new { email = ada.Email, password = new string('x', 129) });
            Assert.Equal("PASSWORD_TOO_LONG", await answer.CodeAsync(HttpStatusCode.BadRequest));
        }

        Assert.Equal(HttpStatusCode.OK, (await ada.Browser.PostAsync("sign-in/email", new { email = ada.Email, password = ada.Password })).StatusCode);
    }

    [Fact(DisplayName = "S26 It does not matter how a keyboard composes an accent (NFKC)")]
    public async Task Is_the_same_in_every_composition()
    {
        using var browser = app.NewBrowser();
        var email = app.NewEmail();
        await (await SignUpAsync(browser, "caf\u00e9 \ufb01asco 1", email)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("sign-in/email", new { email, password = "cafe\u0301 fiasco 1" })).StatusCode);
    }

    [Fact(DisplayName = "S27 The list of common passwords has 3,000 and more of eight characters and more")]
    public async Task Is_held_against_a_long_list()
    {
        var common = await CommonAsync();

        Assert.True(common.Count(password => password.EnumerateRunes().Count() >= 8) >= 3000);
    }

    [Fact(DisplayName = "S27 Common passwords are refused in any spelling of case")]
    public async Task That_is_common_is_refused()
    {
        using var browser = app.NewBrowser();
        var common = (await CommonAsync()).Where(password => password.Length is >= 8 and <= 128).ToList();

        // Twenty from all over the list: each takes no more than a look, as nothing is hashed.
        foreach (var password in common.Where((_, index) => index % (common.Count / 20) == 0))
        {
            Assert.Equal("PASSWORD_COMPROMISED", await (await SignUpAsync(browser, password)).CodeAsync(HttpStatusCode.BadRequest));
            Assert.Equal("PASSWORD_COMPROMISED", await (await SignUpAsync(browser, password.ToUpperInvariant())).CodeAsync(HttpStatusCode.BadRequest));
        }
    }

    [Theory(DisplayName = "S27 Passwords made of the product's name or one's own address are refused")]
    [InlineData("promptstash")]
    [InlineData("PromptStash1!")]
    [InlineData("grace.hopper7")]
    [InlineData("Grace.Hopper@navy.example.com")]
    public async Task That_is_made_of_what_everybody_knows_is_refused(string password)
    {
        using var browser = app.NewBrowser();

        Assert.Equal(
            "PASSWORD_COMPROMISED", await (await SignUpAsync(browser, password, "grace.hopper@navy.example.com")).CodeAsync(HttpStatusCode.BadRequest));
    }

    [Fact(DisplayName = "S27 A change and a reset are held to the same rules as a sign-up")]
    public async Task Is_held_to_the_same_rules_wherever_it_is_chosen()
    {
        using var ada = await app.SignUpAsync();
        var token = await ada.AskForResetAsync();

        Assert.Equal("PASSWORD_COMPROMISED", await (await ada.Browser.PostAsync(
            "change-password", new { currentPassword = ada.Password, newPassword = "Promptstash1" })).CodeAsync(HttpStatusCode.BadRequest));
        Assert.Equal("PASSWORD_COMPROMISED", await (await ada.Browser.PostAsync(
            "reset-password", new { newPassword = "Promptstash1", token })).CodeAsync(HttpStatusCode.BadRequest));
        Assert.Equal("PASSWORD_TOO_SHORT", await (await ada.Browser.PostAsync(
            "reset-password", new { newPassword = "short", token })).CodeAsync(HttpStatusCode.BadRequest));
    }

    [Fact(DisplayName = "S28 A change needs the current password")]
    public async Task Needs_the_one_before()
    {
        using var ada = await app.SignUpAsync();

        Assert.Equal("INVALID_PASSWORD", await (await ada.Browser.PostAsync(
            "change-password", new { currentPassword = "not the password", newPassword = "difference engine no. 2" })).CodeAsync(HttpStatusCode.BadRequest));
        Assert.Equal("VALIDATION_ERROR", await (await ada.Browser.PostAsync(
            "change-password", new { newPassword = "difference engine no. 2" })).CodeAsync(HttpStatusCode.BadRequest));
        Assert.Equal(HttpStatusCode.OK, (await ada.Browser.PostAsync("sign-in/email", new { email = ada.Email, password = ada.Password })).StatusCode);
    }

    [Fact(DisplayName = "S28 Whoever finds an open session cannot guess the password with it")]
    public async Task Cannot_be_guessed_from_an_open_session()
    {
        using var ada = await app.SignUpAsync();
        for (var i = 0; i < 10; i++)
        {
            await ada.Browser.PostAsync("change-password", new { currentPassword = $"not the password {i}", newPassword = "difference engine no. 2" });
        }

        Assert.Equal("INVALID_PASSWORD", await (await ada.Browser.PostAsync(
            "change-password", new { currentPassword = ada.Password, newPassword = "difference engine no. 2" })).CodeAsync(HttpStatusCode.BadRequest));
    }

    [Fact(DisplayName = "S29 A new password ends all other sessions, also when that was not asked for")]
    public async Task That_is_new_ends_other_sessions()
    {
        using var ada = await app.SignUpAsync();
        using var elsewhere = await ada.SignInElsewhereAsync();

        await (await ada.Browser.PostAsync(
            "change-password", new { currentPassword = ada.Password, newPassword = "difference engine no. 2", revokeOtherSessions = false })).ReadAsync(HttpStatusCode.OK);

        Assert.True(await ada.Browser.IsSignedInAsync());
        Assert.False(await elsewhere.IsSignedInAsync());
    }

    [Fact(DisplayName = "S29 A password that is new by mail ends all sessions")]
    public async Task That_is_new_by_mail_ends_all_sessions()
    {
        using var ada = await app.SignUpAsync();
        using var elsewhere = await ada.SignInElsewhereAsync();
        using var stranger = app.NewBrowser();

        await (await stranger.PostAsync("reset-password", new { newPassword = "difference engine no. 2", token = await ada.AskForResetAsync() })).ReadAsync(HttpStatusCode.OK);

        Assert.False(await ada.Browser.IsSignedInAsync());
        Assert.False(await elsewhere.IsSignedInAsync());
    }

    [Fact(DisplayName = "S29 Deleting the account ends all its sessions")]
    public async Task Of_an_account_that_is_deleted_opens_nothing()
    {
        using var ada = await app.SignUpAsync();
        using var elsewhere = await ada.SignInElsewhereAsync();

        await (await ada.Browser.PostAsync("delete-user", new { password = ada.Password })).ReadAsync(HttpStatusCode.OK);

        Assert.False(await elsewhere.IsSignedInAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.PostAsync("sign-in/email", new { email = ada.Email, password = ada.Password })).StatusCode);
    }

    private Task<HttpResponseMessage> SignUpAsync(Browser browser, string password, string? email = null) =>
        browser.PostAsync("sign-up/email", new { name = "Ada", email = email ?? app.NewEmail(), password });

    private static async Task<string[]> CommonAsync()
    {
        await using var resource = typeof(PromptStash.Identity.IdentityModule).Assembly
            .GetManifestResourceStream("PromptStash.Identity.Passwords.common-passwords.txt")!;
        using var reader = new StreamReader(resource);

        return [.. (await reader.ReadToEndAsync(Cancelled)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith('#'))];
    }
}
