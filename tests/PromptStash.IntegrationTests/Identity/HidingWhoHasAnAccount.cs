namespace PromptStash.IntegrationTests.Identity;

/// <summary>Neither an answer nor its time tells whether an address has an account (ASVS 6.3.8).</summary>
[Collection(nameof(IdentityTests))]
public sealed class HidingWhoHasAnAccount(IdentityApp app)
{
    [Fact(DisplayName = "S1 Signing up with a taken address is answered like a new one, in every byte that is not chosen by chance")]
    public async Task Of_a_sign_up()
    {
        var api = await app.VerifyingApiAsync();
        using var browser = app.NewBrowser(api);
        var taken = app.NewEmail();
        var first = await SignUpAsync(browser, taken);
        var second = await SignUpAsync(browser, taken);

        var (one, two) = (await first.ReadAsync(HttpStatusCode.OK), await second.ReadAsync(HttpStatusCode.OK));
        Assert.Equal(one.Keys(), two.Keys());
        Assert.Equal(one.GetProperty("user").Keys(), two.GetProperty("user").Keys());
        Assert.Equal(JsonValueKind.Null, two.GetProperty("token").ValueKind);
        Assert.Equal(WithoutChance(await first.ShapeAsync(), one), WithoutChance(await second.ShapeAsync(), two));
    }

    [Fact(DisplayName = "S1 Signing up with a taken address takes as long as with a new one")]
    [Trait("Kind", "Timing")]
    public async Task Of_a_sign_up_by_its_time()
    {
        using var browser = app.NewBrowser(await app.TimedApiAsync());
        var taken = app.NewEmail();
        await SignUpAsync(browser, taken);

        await ResponseTimes.AreAlikeAsync(() => SignUpAsync(browser, taken), () => SignUpAsync(browser, app.NewEmail()));
    }

    [Fact(DisplayName = "S2 A sign-in of nobody is answered like one with a wrong password, header by header")]
    public async Task Of_a_sign_in()
    {
        using var ada = await app.SignUpAsync();
        using var stranger = app.NewBrowser();

        var wrong = await SignInAsync(stranger, ada.Email);
        var unknown = await SignInAsync(stranger, app.NewEmail());

        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(await wrong.ShapeAsync(), await unknown.ShapeAsync());
    }

    [Fact(DisplayName = "S2 A sign-in of nobody takes as long as one with a wrong password")]
    [Trait("Kind", "Timing")]
    public async Task Of_a_sign_in_by_its_time()
    {
        var api = await app.TimedApiAsync();
        using var ada = await app.SignUpAsync(api);
        using var stranger = app.NewBrowser(api);
        var nobody = app.NewEmail();

        await ResponseTimes.AreAlikeAsync(() => SignInAsync(stranger, ada.Email), () => SignInAsync(stranger, nobody));
    }

    [Fact(DisplayName = "S3 A reset that nobody can receive is answered like any other, header by header")]
    public async Task Of_a_reset()
    {
        using var ada = await app.SignUpAsync();
        using var stranger = app.NewBrowser();

        var known = await ResetAsync(stranger, ada.Email);
        var unknown = await ResetAsync(stranger, app.NewEmail());

        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        Assert.Equal(await known.ShapeAsync(), await unknown.ShapeAsync());
    }

    [Fact(DisplayName = "S3 A reset takes as long for nobody as for a user: the mail is written after the answer")]
    [Trait("Kind", "Timing")]
    public async Task Of_a_reset_by_its_time()
    {
        var api = await app.TimedApiAsync();
        using var ada = await app.SignUpAsync(api);
        using var stranger = app.NewBrowser(api);
        var nobody = app.NewEmail();

        await ResponseTimes.AreAlikeAsync(() => ResetAsync(stranger, ada.Email), () => ResetAsync(stranger, nobody));
    }

    [Fact(DisplayName = "S4 A change to an address that is taken is answered like one to a free address, and only its owner is told")]
    public async Task Of_an_address_to_change_to()
    {
        using var ada = await app.SignUpAsync();
        using var grace = await app.SignUpAsync();

        var free = await ada.Browser.PostAsync("change-email", new { newEmail = app.NewEmail() });
        var taken = await ada.Browser.PostAsync("change-email", new { newEmail = grace.Email });

        Assert.Equal(HttpStatusCode.OK, free.StatusCode);
        Assert.Equal(await free.ShapeAsync(), await taken.ShapeAsync());
        await app.Mail.ArrivedAsync(grace.Email, "Your e-mail address was asked for");
    }

    private static Task<HttpResponseMessage> SignUpAsync(Browser browser, string email) =>
        browser.PostAsync("sign-up/email", new { name = "Ada", email, password = "analytical engine no. 1" });

    private static Task<HttpResponseMessage> SignInAsync(Browser browser, string email) =>
        browser.PostAsync("sign-in/email", new { email, password = "not the password" });

    private static Task<HttpResponseMessage> ResetAsync(Browser browser, string email) =>
        browser.PostAsync("request-password-reset", new { email });

    private static string WithoutChance(string shape, JsonElement answer)
    {
        foreach (var chosen in (string[])["id", "createdAt", "updatedAt"])
        {
            shape = shape.Replace(answer.GetProperty("user").GetProperty(chosen).GetString()!, chosen, StringComparison.Ordinal);
        }

        return shape;
    }
}
