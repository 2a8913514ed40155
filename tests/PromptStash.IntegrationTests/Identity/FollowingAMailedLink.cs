namespace PromptStash.IntegrationTests.Identity;

/// <summary>A link from a mail works once, for its purpose, for a while; it leads to us, and from us to nobody but us.</summary>
[Collection(nameof(IdentityTests))]
public sealed class FollowingAMailedLink(IdentityApp app)
{
    private const string NewPassword = "difference engine no. 2";

    [Fact(DisplayName = "S34 A reset token is 256 bits")]
    public async Task Brings_256_bits()
    {
        using var ada = await app.SignUpAsync();

        Assert.Equal(32, Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(await ada.AskForResetAsync()).Length);
    }

    [Fact(DisplayName = "S34 Of fifty uses of one reset token at once exactly one succeeds")]
    public async Task Resets_once_of_many_at_once()
    {
        using var ada = await app.SignUpAsync();
        using var browser = app.NewBrowser();
        var token = await ada.AskForResetAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => ResetAsync(browser, token, $"{NewPassword} {i}")));

        var winner = Array.FindIndex(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(49, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("sign-in/email", new { email = ada.Email, password = $"{NewPassword} {winner}" })).StatusCode);
    }

    [Fact(DisplayName = "S34 A reset token is used up by its use")]
    public async Task Resets_once()
    {
        using var ada = await app.SignUpAsync();
        var token = await ada.AskForResetAsync();
        await (await ResetAsync(ada.Browser, token)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("INVALID_TOKEN", await (await ResetAsync(ada.Browser, token)).CodeAsync(HttpStatusCode.BadRequest));
    }

    [Fact(DisplayName = "S34 Of fifty uses of one verification token at once exactly one succeeds")]
    public async Task Verifies_once_of_many_at_once()
    {
        using var ada = await app.SignUpAsync();
        var token = await ada.TokenAsync("Confirm your e-mail address");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ada.Browser.GetAsync($"verify-email?token={token}")));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(49, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
    }

    [Fact(DisplayName = "S34 A reset token works for an hour, and is as if it had never been after that")]
    public async Task Is_over_after_an_hour()
    {
        using var ada = await app.SignUpAsync();
        using var grace = await app.SignUpAsync();
        var (late, inTime) = (await ada.AskForResetAsync(), await grace.AskForResetAsync());

        app.Time.Advance(TimeSpan.FromMinutes(59));
        await (await ResetAsync(grace.Browser, inTime)).ReadAsync(HttpStatusCode.OK);
        app.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("INVALID_TOKEN", await (await ResetAsync(ada.Browser, late)).CodeAsync(HttpStatusCode.BadRequest));
    }

    [Fact(DisplayName = "S34 The newest reset token voids the one before")]
    public async Task Voids_the_one_before()
    {
        using var ada = await app.SignUpAsync();
        var first = await ada.AskForResetAsync();
        var second = await ada.AskForResetAsync(nth: 2);

        Assert.Equal("INVALID_TOKEN", await (await ResetAsync(ada.Browser, first)).CodeAsync(HttpStatusCode.BadRequest));
        await (await ResetAsync(ada.Browser, second)).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S34 A token of one purpose is nothing to another, and is not used up by the try")]
    public async Task Serves_its_purpose_only()
    {
        using var ada = await app.SignUpAsync();
        var verify = await ada.TokenAsync("Confirm your e-mail address");
        var reset = await ada.AskForResetAsync();

        Assert.Equal("INVALID_TOKEN", await (await ResetAsync(ada.Browser, verify)).CodeAsync(HttpStatusCode.BadRequest));
        Assert.Equal("INVALID_TOKEN", await (await ada.Browser.GetAsync($"verify-email?token={reset}")).CodeAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("INVALID_TOKEN", await (await ada.Browser.GetAsync($"delete-user/callback?token={reset}")).CodeAsync(HttpStatusCode.NotFound));
        Assert.Equal(HttpStatusCode.OK, (await ada.Browser.GetAsync($"verify-email?token={verify}")).StatusCode);
        await (await ResetAsync(ada.Browser, reset)).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S35 Links are built from the configuration, whatever Host a request names")]
    public async Task Leads_to_the_configured_address()
    {
        using var ada = await app.SignUpAsync();

        await (await ada.Browser.PostAsync(
            "request-password-reset", new { email = ada.Email },
            ("Host", "evil.example.net"), ("X-Forwarded-Host", "evil.example.net"), ("Origin", "https://prompts.example.com"))).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("https://prompts.example.com", (await app.Mail.LinkAsync(ada.Email, "Choose a new password")).GetLeftPart(UriPartial.Authority));
        Assert.DoesNotContain(app.Mail.Find(ada.Email), mail => mail.ToString().Contains("evil", StringComparison.Ordinal));
    }

    public static TheoryData<string> Elsewhere => new(
        "//evil.example.net", "///evil.example.net", "////evil.example.net", @"/\evil.example.net", @"\\evil.example.net", @"\/evil.example.net",
        "/%2fevil.example.net", "/%2Fevil.example.net", "/%5cevil.example.net", "/%5Cevil.example.net", "https:evil.example.net",
        "https:/evil.example.net", "https://evil.example.net", "http://evil.example.net", "HTTPS://EVIL.EXAMPLE.NET", "javascript:alert(1)",
        "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:msgbox(1)", "file:///etc/passwd", "ftp://evil.example.net",
        "https://prompts.example.com@evil.example.net", "https://prompts.example.com.evil.example.net", "https://evil.example.net/prompts.example.com",
        "https://prompts.example.com:444", "http://prompts.example.com", "https://user:pass@prompts.example.com", "evil.example.net", "../evil", "?next=//evil",
        "/\t/evil.example.net", "/\r\n/evil.example.net", "\u0001//evil.example.net", " //evil.example.net", "https://prompts.example.com\\@evil.example.net",
        "https://prompts\uFF0Eexample.com.evil.example.net", "//prompts.example.com", "blob:https://prompts.example.com/1", "");

    [Theory(DisplayName = "S36 Nobody is sent on to another site: sign-in")]
    [MemberData(nameof(Elsewhere))]
    public async Task Never_leads_elsewhere_after_a_sign_in(string url)
    {
        using var browser = app.NewBrowser();

        var answer = await browser.PostAsync("sign-in/email", new { email = "nobody@example.com", password = "not the password", callbackURL = url });

        Assert.Equal("INVALID_CALLBACK_URL", await answer.CodeAsync(HttpStatusCode.Forbidden));
    }

    [Theory(DisplayName = "S36 Nobody is sent on to another site: verification")]
    [MemberData(nameof(Elsewhere))]
    public async Task Never_leads_elsewhere_after_a_verification(string url)
    {
        using var browser = app.NewBrowser();

        var answer = await browser.GetAsync($"verify-email?token=x&callbackURL={Uri.EscapeDataString(url)}");

        Assert.Equal("INVALID_CALLBACK_URL", await answer.CodeAsync(HttpStatusCode.Forbidden));
        Assert.Null(answer.Headers.Location);
    }

    [Theory(DisplayName = "S36 Nobody is sent on to another site: reset")]
    [MemberData(nameof(Elsewhere))]
    public async Task Never_leads_elsewhere_after_a_reset(string url)
    {
        using var browser = app.NewBrowser();

        var answer = await browser.PostAsync("request-password-reset", new { email = "nobody@example.com", redirectTo = url });

        Assert.Equal("INVALID_REDIRECT_URL", await answer.CodeAsync(HttpStatusCode.Forbidden));
    }

    [Theory(DisplayName = "S36 Paths of ours and addresses at our origins are followed")]
    [InlineData("/")]
    [InlineData("/settings?tab=mail#x")]
    [InlineData("https://prompts.example.com/settings")]
    public async Task Leads_to_pages_of_ours(string url)
    {
        using var browser = app.NewBrowser();

        var answer = await browser.GetAsync($"verify-email?token=x&callbackURL={Uri.EscapeDataString(url)}");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith(url.Split('?', '#')[0], answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> ResetAsync(Browser browser, string token, string newPassword = NewPassword) =>
        browser.PostAsync("reset-password", new { newPassword, token });
}
