using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class OwningAnAccount(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shows_what_happened_to_it_to_its_owner_alone()
    {
        using var client = app.NewClient();
        using var eve = app.NewClient();
        var email = await client.NewUserAsync();
        await eve.NewUserAsync();
        await eve.SignInAsync(email, "not the password");
        await client.PostAuthAsync("update-user", new { name = "Ada King" });

        var page = await (await client.GetAsync("/api/v1/account/audit?limit=2", Cancelled)).ReadAsync(HttpStatusCode.OK);
        var rest = await (await client.GetAsync($"/api/v1/account/audit?after={page.GetProperty("next").GetString()}", Cancelled)).ReadAsync(HttpStatusCode.OK);

        var events = page.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()).ToList();
        Assert.Equal(
            "user-updated success, sign-in failure, sign-up success",
            string.Join(", ", events.Select(audit => $"{audit.GetProperty("type").GetString()} {audit.GetProperty("outcome").GetString()}")));
        Assert.All(events, audit => Assert.Equal("127.0.0.1", audit.GetProperty("ipAddress").GetString()));
        await (await client.GetAsync("/api/v1/account/audit?after=nonsense", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
        await (await client.GetAsync("/api/v1/account/audit?limit=101", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Keeps_its_history_against_everybody_who_comes_through_sql()
    {
        using var client = app.NewClient();
        await client.NewUserAsync();
        await using var database = await app.OpenDatabaseAsync();

        foreach (var sql in new[] { "UPDATE identity.audit_events SET succeeded = true", "DELETE FROM identity.audit_events" })
        {
            var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.ExecuteAsync(sql));
            Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Lets_its_owner_take_everything_away_but_secrets()
    {
        using var client = app.NewClient();
        var email = await client.NewUserAsync();
        await client.CreateApiTokenAsync(app.Time.GetUtcNow(), ["stashes:read"]);

        var response = await client.GetAsync("/api/v1/account/export", Cancelled);

        Assert.Equal("application/zip", response.Content.Headers.ContentType?.MediaType);
        var files = StashClient.Unzip(await response.Content.ReadAsByteArrayAsync(Cancelled)).ToDictionary(file => file.Key, file => JsonSerializer.Deserialize<JsonElement>(file.Value));
        Assert.Equal(email, files["account/user.json"].GetProperty("email").GetString());
        Assert.Equal(1, files["account/sessions.json"].GetArrayLength());
        Assert.Equal(1, files["account/sign-ins.json"].GetArrayLength());
        Assert.Equal(1, files["account/api-tokens.json"].GetArrayLength());
        Assert.Equal(2, files["account/audit.json"].GetArrayLength());
        Assert.DoesNotContain("$argon2id", string.Concat(files.Values.Select(file => file.ToString())), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "S29 S30 Deleting an account takes the password or a fresh sign-in, ends everything, and tells the other modules")]
    public async Task Is_deleted_with_everything()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        using var phone = house.NewClient();
        var email = await client.NewUserAsync();
        await phone.SignInAsync(email);
        await client.EnableTwoFactorAsync(house);
        house.Time.Advance(TimeSpan.FromMinutes(15));
        await (await client.PostAuthAsync("delete-user")).AssertErrorAsync(HttpStatusCode.BadRequest, "SESSION_EXPIRED");
        await (await client.PostAuthAsync("delete-user", new { password = AuthClient.OtherPassword })).AssertErrorAsync(HttpStatusCode.BadRequest, "INVALID_PASSWORD");

        var deleted = await client.PostAuthAsync("delete-user", new { password = AuthClient.Password });

        Assert.Equal("User deleted", (await deleted.ReadAsync(HttpStatusCode.OK)).GetProperty("message").GetString());
        Assert.Equal("", deleted.Cookie(AuthClient.SessionCookie));
        Assert.False(await client.IsSignedInAsync());
        Assert.False(await phone.IsSignedInAsync());
        await using var database = await house.OpenDatabaseAsync();
        foreach (var table in new[] { "users", "sessions", "accounts", "two_factors", "api_tokens", "verifications" })
        {
            Assert.Equal(0L, await database.ScalarAsync<long>($"SELECT count(*) FROM identity.{table}"));
        }

        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM identity.audit_events WHERE type = 'user-deleted' AND succeeded"));
        await house.Mail.WaitAsync(email, "Your account was deleted");
        await (await client.SignUpAsync(email)).ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_password_is_deleted_by_mail_in_a_session_of_its_own()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var house = await IdentityHouse.OpenAsync(app, provider.Settings);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        await using (var database = await house.OpenDatabaseAsync())
        {
            await database.ExecuteAsync("UPDATE identity.accounts SET provider_id = 'oidc'");
        }

        house.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("Verification email sent", (await (await client.PostAuthAsync("delete-user")).ReadAsync(HttpStatusCode.OK)).GetProperty("message").GetString());
        var link = await house.Mail.LinkAsync(email, "Confirm that your account should be deleted");
        using var stranger = house.NewClient();
        await (await stranger.FollowAsync(link)).AssertErrorAsync(HttpStatusCode.NotFound, "FAILED_TO_GET_USER_INFO");
        await stranger.NewUserAsync();
        await (await stranger.FollowAsync(link)).AssertErrorAsync(HttpStatusCode.NotFound, "INVALID_TOKEN");
        Assert.True(await client.IsSignedInAsync());

        Assert.Equal(HttpStatusCode.Redirect, (await client.FollowAsync(link)).StatusCode);
        Assert.False(await client.IsSignedInAsync());
    }

    [Fact]
    public async Task Changes_its_name_and_picture_and_nothing_else()
    {
        using var client = app.NewClient();
        await client.NewUserAsync();

        await (await client.PostAuthAsync("update-user", new { name = "Ada King", image = "https://example.com/ada.png" })).ReadAsync(HttpStatusCode.OK);
        var user = (await client.SessionAsync())!.Value.GetProperty("user");
        Assert.Equal(("Ada King", "https://example.com/ada.png"), (user.GetProperty("name").GetString(), user.GetProperty("image").GetString()));
        await (await client.PostAuthAsync("update-user", new { image = (string?)null })).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.Null, (await client.SessionAsync())!.Value.GetProperty("user").GetProperty("image").ValueKind);
        await (await client.PostAuthAsync("update-user", new { email = "x@example.com" })).AssertErrorAsync(HttpStatusCode.BadRequest, "EMAIL_CAN_NOT_BE_UPDATED");
        await (await client.PostAuthAsync("update-user", new { emailVerified = true })).AssertErrorAsync(HttpStatusCode.BadRequest, "NO_FIELDS_TO_UPDATE");
    }
}
