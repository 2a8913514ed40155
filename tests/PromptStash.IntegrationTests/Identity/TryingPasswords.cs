using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>An account takes ten wrong passwords in a quarter of an hour, from wherever they come, and its owner is not locked out by them.</summary>
[Collection(nameof(IdentityTests))]
public sealed class TryingPasswords(IdentityApp app)
{
    private const int Allowed = 10;

    [Fact(DisplayName = "S5 A hundred wrong passwords from a hundred addresses are no more than ten tries; a quarter of an hour later the owner is let in")]
    public async Task From_many_addresses_is_stopped_by_account()
    {
        using var ada = await app.SignUpAsync();
        using var stranger = app.NewBrowser();
        for (var i = 1; i <= 100; i++)
        {
            var refused = await SignInAsync(stranger, ada.Email, "not the password", ("X-Forwarded-For", $"203.0.113.{i}"));
            Assert.Equal("INVALID_EMAIL_OR_PASSWORD", await refused.CodeAsync(HttpStatusCode.Unauthorized));
        }

        // The password itself is refused: nothing that is sent now is compared any more.
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(stranger, ada.Email, ada.Password)).StatusCode);
        app.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(stranger, ada.Email, ada.Password)).StatusCode);
    }

    [Fact(DisplayName = "S5 The tenth try is still compared, and one that is right starts the count anew")]
    public async Task Up_to_the_limit_does_not_shut_out()
    {
        using var ada = await app.SignUpAsync();
        using var stranger = app.NewBrowser();
        for (var round = 0; round < 2; round++)
        {
            await GuessAsync(stranger, ada.Email, Allowed - 1);
            Assert.Equal(HttpStatusCode.OK, (await SignInAsync(stranger, ada.Email, ada.Password)).StatusCode);
        }

        await GuessAsync(stranger, ada.Email, Allowed);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(stranger, ada.Email, ada.Password)).StatusCode);
    }

    [Fact(DisplayName = "S6 Whoever is signed in stays so while somebody guesses")]
    public async Task Does_not_end_a_session()
    {
        using var ada = await app.SignUpAsync();
        using var stranger = app.NewBrowser();

        await GuessAsync(stranger, ada.Email, 2 * Allowed);

        Assert.True(await ada.Browser.IsSignedInAsync());
        await (await ada.Browser.PostAsync("change-password", new { currentPassword = ada.Password, newPassword = "difference engine no. 2" }))
            .ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S6 A new password by mail lets the owner in at once while somebody guesses")]
    public async Task Does_not_stop_a_reset()
    {
        using var ada = await app.SignUpAsync();
        using var stranger = app.NewBrowser();
        await GuessAsync(stranger, ada.Email, 2 * Allowed);

        var token = await ada.AskForResetAsync();
        await (await stranger.PostAsync("reset-password", new { newPassword = "difference engine no. 2", token })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(stranger, ada.Email, "difference engine no. 2")).StatusCode);
    }

    [Fact(DisplayName = "S7 Too many tries are answered like a wrong password, header by header")]
    public async Task Is_never_told_that_it_was_stopped()
    {
        using var ada = await app.SignUpAsync();
        using var stranger = app.NewBrowser();

        var wrong = await (await SignInAsync(stranger, ada.Email, "not the password")).ShapeAsync();
        await GuessAsync(stranger, ada.Email, Allowed);

        Assert.Equal(wrong, await (await SignInAsync(stranger, ada.Email, "not the password")).ShapeAsync());
        Assert.Equal(wrong, await (await SignInAsync(stranger, ada.Email, ada.Password)).ShapeAsync());
    }

    [Fact(DisplayName = "S8 The tries are still counted after the API was started anew")]
    public async Task Is_remembered_over_a_restart()
    {
        using var ada = await app.SignUpAsync();
        await using (var before = await app.StartAsync())
        {
            using var stranger = app.NewBrowser(before);
            await GuessAsync(stranger, ada.Email, Allowed);
        }

        await using var after = await app.StartAsync();
        using var again = app.NewBrowser(after);

        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(again, ada.Email, ada.Password)).StatusCode);
    }

    [Fact(DisplayName = "S9 Two hundred wrong passwords at once are counted exactly")]
    public async Task At_once_is_counted_exactly()
    {
        using var ada = await app.SignUpAsync();
        using var stranger = app.NewBrowser();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => SignInAsync(stranger, ada.Email, "not the password")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        await using var database = await app.OpenDatabaseAsync();
        var key = "sign-in:" + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(ada.Email)));
        Assert.Equal(200, await database.ScalarAsync<int>("SELECT count FROM identity.attempt_counters WHERE key = $1", key));
        Assert.Equal(200, await database.ScalarAsync<long>(
            "SELECT count(*) FROM identity.audit_events WHERE type = 'sign-in' AND NOT succeeded AND user_id = $1", ada.Id));
    }

    [Fact(DisplayName = "S9 Of many right and wrong passwords at once no more than ten are compared")]
    public async Task At_once_does_not_get_past_the_limit()
    {
        using var ada = await app.SignUpAsync();
        using var stranger = app.NewBrowser();
        await GuessAsync(stranger, ada.Email, Allowed);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SignInAsync(stranger, ada.Email, ada.Password)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
    }

    private static async Task GuessAsync(Browser browser, string email, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await SignInAsync(browser, email, $"not the password {i}");
        }
    }

    private static Task<HttpResponseMessage> SignInAsync(Browser browser, string email, string password, params (string Name, string Value)[] headers) =>
        browser.PostAsync("sign-in/email", new { email, password }, headers);
}
