using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class GuessingPasswords(PromptStashApp app)
{
    [Fact(DisplayName = "S2 S7 Guessing is answered the same for an unknown user, a wrong password and a locked account")]
    public async Task Is_answered_the_same_in_every_case()
    {
        using var client = app.NewClient();
        var email = await client.NewUserAsync();
        var unknown = await AnswerAsync(client, AuthClient.NewEmail(), AuthClient.Password);

        for (var attempt = 0; attempt < 12; attempt++)
        {
            Assert.Equal(unknown, await AnswerAsync(client, email, AuthClient.OtherPassword));
        }

        // Locked by now: the right password is answered like a wrong one.
        Assert.Equal(unknown, await AnswerAsync(client, email, AuthClient.Password));
    }

    [Fact(DisplayName = "S5 Guessing from a hundred addresses lets ten passwords reach the hasher")]
    public async Task From_many_addresses_reaches_the_hasher_ten_times()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var attacker = house.NewClient();
            attacker.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{attempt}");
            await attacker.SignInAsync(email, AuthClient.OtherPassword);
        }

        // Not even the right password gets through, until the window is over.
        await (await client.SignInAsync(email)).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_EMAIL_OR_PASSWORD");
        house.Time.Advance(TimeSpan.FromMinutes(15));
        await (await client.SignInAsync(email)).ReadAsync(HttpStatusCode.OK);

        await using var database = await house.OpenDatabaseAsync();
        Assert.Equal(100L, await database.ScalarAsync<long>("SELECT count(DISTINCT ip_address) FROM identity.audit_events WHERE type = 'sign-in' AND NOT succeeded AND ip_address LIKE '203.%'"));
    }

    [Fact(DisplayName = "S5 Guessing nine times does not lock the tenth, right password out, and forgets the nine")]
    public async Task Nine_times_does_not_lock()
    {
        using var client = app.NewClient();
        var email = await client.NewUserAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var attempt = 0; attempt < 9; attempt++)
            {
                await (await client.SignInAsync(email, AuthClient.OtherPassword)).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_EMAIL_OR_PASSWORD");
            }

            await (await client.SignInAsync(email)).ReadAsync(HttpStatusCode.OK);
        }
    }

    [Fact(DisplayName = "S6 Guessing locks neither sessions nor a password reset, which unlocks the account")]
    public async Task Locks_neither_sessions_nor_resets()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var owner = house.NewClient();
        using var attacker = house.NewClient();
        var email = await owner.NewUserAsync();
        for (var attempt = 0; attempt < 11; attempt++)
        {
            await attacker.SignInAsync(email, AuthClient.OtherPassword);
        }

        Assert.True(await owner.IsSignedInAsync());
        await (await owner.PostAuthAsync("change-password", new { currentPassword = AuthClient.Password, newPassword = AuthClient.OtherPassword })).ReadAsync(HttpStatusCode.OK);
        await owner.PostAuthAsync("request-password-reset", new { email });
        var token = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Choose a new password"));
        await (await owner.PostAuthAsync("reset-password", new { newPassword = "the third password", token })).ReadAsync(HttpStatusCode.OK);
        await (await owner.SignInAsync(email, "the third password")).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "S8 Guessing is remembered over a restart")]
    public async Task Is_remembered_over_a_restart()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var before = house.NewClient();
        var email = await before.NewUserAsync();
        for (var attempt = 0; attempt < 10; attempt++)
        {
            await before.SignInAsync(email, AuthClient.OtherPassword);
        }

        await house.StartAnotherApiAsync();
        using var after = house.NewClient();

        await (await after.SignInAsync(email)).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_EMAIL_OR_PASSWORD");
    }

    [Fact(DisplayName = "S9 Guessing two hundred times at once is counted exactly")]
    public async Task Two_hundred_times_at_once_is_counted_exactly()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Identity:Hashing:QueueLimit", "1000"));
        using var client = house.NewClient();
        var email = await client.NewUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.SignInAsync(email, AuthClient.OtherPassword)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        await using var database = await house.OpenDatabaseAsync();
        Assert.Equal(200, await database.ScalarAsync<int>("SELECT count FROM identity.attempt_counters WHERE key LIKE 'sign-in:%'"));
        Assert.Equal(200L, await database.ScalarAsync<long>("SELECT count(*) FROM identity.audit_events WHERE type = 'sign-in' AND NOT succeeded"));
    }

    [Fact]
    public async Task With_an_open_session_is_limited_too()
    {
        using var client = app.NewClient();
        await client.NewUserAsync();
        for (var attempt = 0; attempt < 10; attempt++)
        {
            await (await client.PostAuthAsync("two-factor/enable", new { password = AuthClient.OtherPassword })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_PASSWORD");
        }

        await (await client.PostAuthAsync("two-factor/enable", new { password = AuthClient.Password })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_PASSWORD");
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

    private static async Task<string> AnswerAsync(HttpClient client, string email, string password)
    {
        var response = await client.SignInAsync(email, password);
        var headers = response.Headers.Select(header => header.Key).Where(name => name != "Date").Order(StringComparer.Ordinal);

        return $"{response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)} {string.Join(",", headers)}";
    }
}
