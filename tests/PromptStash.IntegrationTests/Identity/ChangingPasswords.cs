using System.Web;

namespace PromptStash.IntegrationTests.Identity;

public sealed class ChangingPasswords(PromptStashApp app)
{
    private const string ThirdPassword = "the third password";

    [Fact(DisplayName = "S10 S28 S29 S33 Changing a password takes the old one, ends all sessions, begins a new one, and is told by mail")]
    public async Task Takes_the_old_one_and_ends_all_sessions()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        using var phone = house.NewClient();
        var email = await client.NewUserAsync();
        var first = (await client.SignInAsync(email)).Cookie(AuthClient.SessionCookie)!;
        await phone.SignInAsync(email);
        await (await client.PostAuthAsync("change-password", new { currentPassword = ThirdPassword, newPassword = AuthClient.OtherPassword })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_PASSWORD");

        var changed = await client.PostAuthAsync("change-password", new { currentPassword = AuthClient.Password, newPassword = AuthClient.OtherPassword, revokeOtherSessions = true });

        var token = (await changed.ReadAsync(HttpStatusCode.OK)).GetProperty("token").GetString();
        var session = (await client.SessionAsync())!.Value.GetProperty("session").GetProperty("token").GetString();
        Assert.Equal(session, token);
        using var before = client.WithCookie(first);
        Assert.False(await before.IsSignedInAsync());
        Assert.False(await phone.IsSignedInAsync());
        await (await phone.SignInAsync(email)).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_EMAIL_OR_PASSWORD");
        await (await phone.SignInAsync(email, AuthClient.OtherPassword)).ReadAsync(HttpStatusCode.OK);
        await house.Mail.WaitAsync(email, "Your password was changed");
    }

    [Fact]
    public async Task Of_fifty_requests_at_once_succeeds_once()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Identity:Hashing:QueueLimit", "1000"), ("Identity:Password:MaxAttempts", "1000"));
        using var client = house.NewClient();
        var secret = (await client.SignUpAsync(AuthClient.NewEmail())).Cookie(AuthClient.SessionCookie)!;
        using var same = client.WithCookie(secret);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number =>
            same.PostAuthAsync("change-password", new { currentPassword = AuthClient.Password, newPassword = $"the password number {number}" })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S3 Asking for a reset is answered the same with and without an account")]
    public async Task That_was_forgotten_is_asked_for_in_one_way()
    {
        using var client = app.NewClient();
        var email = await client.NewUserAsync();

        var known = await client.PostAuthAsync("request-password-reset", new { email });
        var unknown = await client.PostAuthAsync("request-password-reset", new { email = AuthClient.NewEmail() });

        Assert.Equal((await unknown.ReadAsync(HttpStatusCode.OK)).ToString(), (await known.ReadAsync(HttpStatusCode.OK)).ToString());
        Assert.Equal(unknown.Headers.Select(header => header.Key), known.Headers.Select(header => header.Key));
    }

    [Fact(DisplayName = "S29 S33 S34 A reset works once of fifty at the same moment, ends all sessions, and is told by mail")]
    public async Task By_mail_works_once()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Identity:Hashing:QueueLimit", "1000"));
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        await client.PostAuthAsync("request-password-reset", new { email, redirectTo = "/new-password" });
        var link = await house.Mail.LinkAsync(email, "Choose a new password");
        var page = await client.FollowAsync(link);
        var token = HttpUtility.ParseQueryString(page.Headers.Location!.ToString().Split('?')[1])["token"];
        Assert.StartsWith("/new-password?token=", page.Headers.Location.ToString(), StringComparison.Ordinal);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.PostAuthAsync("reset-password", new { newPassword = AuthClient.OtherPassword, token })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        await (await client.PostAuthAsync("reset-password", new { newPassword = AuthClient.OtherPassword, token })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_TOKEN");
        Assert.False(await client.IsSignedInAsync());
        await (await client.SignInAsync(email, AuthClient.OtherPassword)).ReadAsync(HttpStatusCode.OK);
        await house.Mail.WaitAsync(email, "Your password was reset");
        Assert.Equal("/new-password?error=INVALID_TOKEN", (await client.FollowAsync(link)).Headers.Location?.ToString());
    }

    [Fact(DisplayName = "S34 A reset works for an hour, and the newest link voids the ones before")]
    public async Task By_mail_works_for_an_hour()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        await client.PostAuthAsync("request-password-reset", new { email });
        var first = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Choose a new password"));
        await client.PostAuthAsync("request-password-reset", new { email });
        var second = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Choose a new password", count: 2));

        Assert.NotEqual(first, second);
        Assert.Equal(43, second.Length);
        await (await client.PostAuthAsync("reset-password", new { newPassword = AuthClient.OtherPassword, token = first })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_TOKEN");
        await (await client.PostAuthAsync("reset-password", new { newPassword = "short", token = second })).AssertErrorAsync(HttpStatusCode.BadRequest, "PASSWORD_TOO_SHORT");
        house.Time.Advance(TimeSpan.FromHours(1));
        await (await client.PostAuthAsync("reset-password", new { newPassword = AuthClient.OtherPassword, token = second })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_TOKEN");
    }

    [Fact]
    public async Task That_came_from_better_auth_is_taken_and_replaced()
    {
        using var client = app.NewClient();
        var email = await client.NewUserAsync();

        // hashPassword("pässword ﬁ 123") of better-auth 1.7.25.
        const string scrypt = "502244a23ef3f515aa1a72789be8c56e:11ac802be35331d3408e988faf50a6323567bb50712b825f382cd195d2c9dba8c45bc6a18c198c60e16e77021d4f60a3075bc7115edc3ef197e25b0fc34cac38";
        await using var database = await app.OpenDatabaseAsync();
        await Database.Sql.ExecuteAsync(database, "UPDATE identity.accounts a SET password = $1 FROM identity.users u WHERE u.id = a.user_id AND u.email = $2", scrypt, email);

        await (await client.SignInAsync(email, "pässword fi 124")).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_EMAIL_OR_PASSWORD");
        await (await client.SignInAsync(email, "pässword fi 123")).ReadAsync(HttpStatusCode.OK);

        var stored = await Database.Sql.ScalarAsync<string>(database, "SELECT a.password FROM identity.accounts a JOIN identity.users u ON u.id = a.user_id WHERE u.email = $1", email);
        Assert.StartsWith("$argon2id$v=19$m=8192,t=1,p=1$", stored, StringComparison.Ordinal);
        await (await client.SignInAsync(email, "pässword fi 123")).ReadAsync(HttpStatusCode.OK);
    }
}
