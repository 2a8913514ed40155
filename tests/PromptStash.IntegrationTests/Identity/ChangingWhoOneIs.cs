using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>What identifies a user is changed by the user alone, and never unnoticed.</summary>
[Collection(nameof(IdentityTests))]
public sealed class ChangingWhoOneIs(IdentityApp app)
{
    private static readonly TimeSpan TooLate = TimeSpan.FromMinutes(16);

    [Theory(DisplayName = "S30 A quarter of an hour after the sign-in the address, the sign-ins and the account are changed with the password only")]
    [InlineData("change-email", "SESSION_NOT_FRESH", HttpStatusCode.Forbidden)]
    [InlineData("unlink-account", "SESSION_NOT_FRESH", HttpStatusCode.Forbidden)]
    [InlineData("delete-user", "SESSION_EXPIRED", HttpStatusCode.BadRequest)]
    public async Task Needs_the_password_after_a_while(string route, string code, HttpStatusCode status)
    {
        using var ada = await app.SignUpAsync();
        await AddAccountAsync(ada);
        app.Time.Advance(TooLate);
        object Body(string? password) => new { newEmail = app.NewEmail(), providerId = "github", accountId = $"{ada.Id}", password };

        Assert.Equal(code, await (await ada.Browser.PostAsync(route, Body(password: null))).CodeAsync(status));
        Assert.Equal("INVALID_PASSWORD", await (await ada.Browser.PostAsync(route, Body("not the password"))).CodeAsync(HttpStatusCode.BadRequest));
        await (await ada.Browser.PostAsync(route, Body(ada.Password))).ReadAsync(HttpStatusCode.OK);
    }

    [Theory(DisplayName = "S30 The second factor is changed with the password only, however fresh the session is")]
    [InlineData("two-factor/disable")]
    [InlineData("two-factor/generate-backup-codes")]
    [InlineData("two-factor/get-totp-uri")]
    public async Task Needs_the_password_for_the_second_factor(string route)
    {
        using var ada = await app.SignUpWithTwoFactorAsync();

        Assert.Equal("VALIDATION_ERROR", await (await ada.Browser.PostAsync(route)).CodeAsync(HttpStatusCode.BadRequest));
        Assert.Equal("INVALID_PASSWORD", await (await ada.Browser.PostAsync(route, new { password = "not the password" })).CodeAsync(HttpStatusCode.BadRequest));
        await (await ada.Browser.PostAsync(route, new { password = ada.Password })).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S30 A session that is prolonged every day is not fresh by that")]
    public async Task Is_not_made_easier_by_using_the_session()
    {
        using var ada = await app.SignUpAsync();
        app.Time.Advance(TimeSpan.FromDays(2));
        Assert.True(await ada.Browser.IsSignedInAsync());

        Assert.Equal("SESSION_NOT_FRESH", await (await ada.Browser.PostAsync("change-email", new { newEmail = app.NewEmail() })).CodeAsync(HttpStatusCode.Forbidden));
        Assert.Equal("SESSION_NOT_FRESH", await (await ada.Browser.GetAsync("list-sessions")).CodeAsync(HttpStatusCode.Forbidden));
    }

    [Fact(DisplayName = "S33 A changed address is told to the old and to the new one, after both have agreed")]
    public async Task Is_told_to_both_addresses()
    {
        using var ada = await app.SignUpAsync();
        var newEmail = app.NewEmail();
        await (await ada.Browser.GetAsync($"verify-email?token={await ada.TokenAsync("Confirm your e-mail address")}")).ReadAsync(HttpStatusCode.OK);
        await (await ada.Browser.PostAsync("change-email", new { newEmail })).ReadAsync(HttpStatusCode.OK);

        var agree = await ada.TokenAsync("Confirm that your e-mail address should change");
        Assert.Empty(app.Mail.Find(newEmail));
        await (await ada.Browser.GetAsync($"verify-email?token={agree}")).ReadAsync(HttpStatusCode.OK);
        var prove = await ada.TokenAsync("Confirm your new e-mail address", newEmail);
        Assert.Equal(ada.Email, await EmailAsync(ada));
        await (await ada.Browser.GetAsync($"verify-email?token={prove}")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(newEmail, await EmailAsync(ada));
        await app.Mail.ArrivedAsync(ada.Email, "Your e-mail address was changed");
        await app.Mail.ArrivedAsync(newEmail, "Your e-mail address was changed");
    }

    [Fact(DisplayName = "S33 A new password is told by mail, and so is a reset one")]
    public async Task Is_told_of_a_password()
    {
        using var ada = await app.SignUpAsync();
        await (await ada.Browser.PostAsync("change-password", new { currentPassword = ada.Password, newPassword = "difference engine no. 2" })).ReadAsync(HttpStatusCode.OK);
        await app.Mail.ArrivedAsync(ada.Email, "Your password was changed");

        await (await ada.Browser.PostAsync("reset-password", new { newPassword = "difference engine no. 3", token = await ada.AskForResetAsync() })).ReadAsync(HttpStatusCode.OK);

        await app.Mail.ArrivedAsync(ada.Email, "Your password was reset");
    }

    [Fact(DisplayName = "S33 A second factor that comes, goes or is replaced by a backup code is told by mail")]
    public async Task Is_told_of_a_second_factor()
    {
        using var ada = await app.SignUpWithTwoFactorAsync();
        await app.Mail.ArrivedAsync(ada.Email, "Two-factor sign-in is on");

        using var other = await ada.BeginSignInAsync();
        await (await other.PostAsync("two-factor/verify-backup-code", new { code = ada.BackupCodes[0] })).ReadAsync(HttpStatusCode.OK);
        await app.Mail.ArrivedAsync(ada.Email, "A backup code was used");

        await (await ada.Browser.PostAsync("two-factor/disable", new { password = ada.Password })).ReadAsync(HttpStatusCode.OK);
        await app.Mail.ArrivedAsync(ada.Email, "Two-factor sign-in is off");
    }

    [Fact(DisplayName = "S38 The last way to sign in cannot be given up")]
    public async Task Never_gives_up_the_last_way_to_sign_in()
    {
        using var ada = await app.SignUpAsync();

        Assert.Equal("FAILED_TO_UNLINK_LAST_ACCOUNT", await (await ada.Browser.PostAsync(
            "unlink-account", new { providerId = "credential", accountId = $"{ada.Id}" })).CodeAsync(HttpStatusCode.BadRequest));
    }

    [Fact(DisplayName = "S38 Of two requests at once that each give up one of two ways to sign in, one is refused")]
    public async Task Never_gives_up_the_last_two_ways_at_once()
    {
        using var ada = await app.SignUpAsync();
        await AddAccountAsync(ada);

        var answers = await Task.WhenAll(((string[])["credential", "github"]).Select(provider =>
            ada.Browser.PostAsync("unlink-account", new { providerId = provider, accountId = $"{ada.Id}" })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(1, (await (await ada.Browser.GetAsync("list-accounts")).ReadAsync(HttpStatusCode.OK)).GetArrayLength());
    }

    private static async Task<string?> EmailAsync(Person person) =>
        (await (await person.Browser.GetAsync("get-session")).ReadAsync(HttpStatusCode.OK)).GetProperty("user").GetProperty("email").GetString();

    private async Task AddAccountAsync(Person person)
    {
        await using var database = await app.OpenDatabaseAsync();
        await database.ExecuteAsync(
            "INSERT INTO identity.accounts (id, account_id, provider_id, user_id, created_at, updated_at) VALUES ($1, $2, 'github', $3, now(), now())",
            app.House.NewId(), $"{person.Id}", person.Id);
    }
}
