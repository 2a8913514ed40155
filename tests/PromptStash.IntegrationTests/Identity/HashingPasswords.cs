using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class HashingPasswords(PromptStashApp app)
{
    [Fact]
    public async Task That_came_from_better_auth_is_taken_and_replaced()
    {
        using var client = app.NewClient();
        var email = await client.NewUserAsync();

        // hashPassword("pässword ﬁ 123") of better-auth 1.7.25.
        const string scrypt = "502244a23ef3f515aa1a72789be8c56e:11ac802be35331d3408e988faf50a6323567bb50712b825f382cd195d2c9dba8c45bc6a18c198c60e16e77021d4f60a3075bc7115edc3ef197e25b0fc34cac38";
        await using var database = await app.OpenDatabaseAsync();
        await database.ExecuteAsync("UPDATE identity.accounts a SET password = $1 FROM identity.users u WHERE u.id = a.user_id AND u.email = $2", scrypt, email);

        await (await client.SignInAsync(email, "pässword fi 124")).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_EMAIL_OR_PASSWORD");
        await (await client.SignInAsync(email, "pässword fi 123")).ReadAsync(HttpStatusCode.OK);

        var stored = await database.ScalarAsync<string>("SELECT a.password FROM identity.accounts a JOIN identity.users u ON u.id = a.user_id WHERE u.email = $1", email);
        Assert.StartsWith("$argon2id$v=19$m=8192,t=1,p=1$", stored, StringComparison.Ordinal);
        await (await client.SignInAsync(email, "pässword fi 123")).ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task To_change_one_succeeds_once_of_fifty_times_at_once()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Identity:Hashing:QueueLimit", "1000"), ("Identity:Password:MaxAttempts", "1000"));
        using var client = house.NewClient();
        var secret = (await client.SignUpAsync(AuthClient.NewEmail())).Cookie(AuthClient.SessionCookie)!;
        using var same = client.WithCookie(secret);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number =>
            same.PostAuthAsync("change-password", new { currentPassword = AuthClient.Password, newPassword = $"the password number {number}" })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task More_than_can_be_hashed_is_told_to_come_back()
    {
        await using var house = await IdentityHouse.OpenAsync(
            app, ("Identity:Hashing:Concurrency", "1"), ("Identity:Hashing:QueueLimit", "2"), ("Identity:Hashing:MemoryKiB", "65536"));
        using var client = house.NewClient();

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => client.SignInAsync(AuthClient.NewEmail())));

        var busy = answers.Where(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable).ToList();
        Assert.NotEmpty(busy);
        Assert.All(busy, answer => Assert.NotNull(answer.Headers.RetryAfter));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.Unauthorized);
    }
}
