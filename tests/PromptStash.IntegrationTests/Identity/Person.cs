namespace PromptStash.IntegrationTests.Identity;

/// <summary>A user of a test.</summary>
public sealed class Person(IdentityApp app, Browser browser, string email, string password) : IDisposable
{
    public Guid Id { get; set; }

    public Browser Browser => browser;

    public string Email => email;

    public string Password => password;

    /// <summary>The secret of the authenticator app, once it is enrolled.</summary>
    public string TotpSecret { get; private set; } = "";

    public string[] BackupCodes { get; set; } = [];

    public void Dispose() => browser.Dispose();

    /// <summary>Signs in on another machine.</summary>
    public async Task<Browser> SignInElsewhereAsync(Microsoft.AspNetCore.Builder.WebApplication? api = null)
    {
        var other = app.NewBrowser(api);
        await (await other.PostAsync("sign-in/email", new { email, password })).ReadAsync(HttpStatusCode.OK);

        return other;
    }

    /// <summary>Asks for a second factor, without showing a code of it yet.</summary>
    public async Task BeginEnrolmentAsync()
    {
        var answer = await (await browser.PostAsync("two-factor/enable", new { password })).ReadAsync(HttpStatusCode.OK);
        var query = new Uri(answer.GetProperty("totpURI").GetString()!).Query;
        TotpSecret = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query)["secret"].ToString();
        BackupCodes = [.. answer.GetProperty("backupCodes").EnumerateArray().Select(code => code.GetString()!)];
        app.Remember("TOTP secret", TotpSecret);
        foreach (var code in BackupCodes)
        {
            app.Remember("backup code", code);
        }
    }

    public async Task EnrolAsync()
    {
        await BeginEnrolmentAsync();
        await (await browser.PostAsync("two-factor/verify-totp", new { code = app.CodeAt(TotpSecret) })).ReadAsync(HttpStatusCode.OK);
    }

    /// <summary>A machine that has given the password and is asked for a code.</summary>
    public async Task<Browser> BeginSignInAsync(Microsoft.AspNetCore.Builder.WebApplication? api = null)
    {
        var other = await SignInElsewhereAsync(api);
        Assert.NotNull(other.Cookie(Browser.TwoFactorCookie));

        return other;
    }

    /// <summary>Asks for a reset mail and takes the token out of it.</summary>
    public async Task<string> AskForResetAsync(int nth = 1)
    {
        await (await browser.PostAsync("request-password-reset", new { email, redirectTo = "/new-password" })).ReadAsync(HttpStatusCode.OK);

        return await ResetTokenAsync(nth);
    }

    public async Task<string> ResetTokenAsync(int nth = 1)
    {
        var token = (await app.Mail.LinkAsync(email, "Choose a new password", nth)).Segments[^1];
        app.Remember("reset token", token);

        return token;
    }

    /// <summary>The token of the n-th mail with this subject.</summary>
    public async Task<string> TokenAsync(string subject, string? to = null, int nth = 1)
    {
        var link = await app.Mail.LinkAsync(to ?? email, subject, nth);
        var token = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(link.Query)["token"].ToString();
        app.Remember("mailed token", token);

        return token;
    }
}
