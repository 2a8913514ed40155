using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class KeepingSessions(PromptStashApp app)
{
    [Fact]
    public async Task That_is_not_to_be_remembered_ends_after_a_day_and_with_the_browser()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();

        var response = await client.PostAuthAsync("sign-in/email", new { email, password = AuthClient.Password, rememberMe = false });

        Assert.DoesNotContain("max-age", Assert.Single(response.SetCookies()), StringComparison.OrdinalIgnoreCase);
        house.Time.Advance(TimeSpan.FromHours(23));
        Assert.True(await client.IsSignedInAsync());
        house.Time.Advance(TimeSpan.FromHours(1));
        Assert.False(await client.IsSignedInAsync());
    }

    [Fact]
    public async Task Is_ended_with_all_others_or_without_them()
    {
        using var ada = app.NewClient();
        using var phone = app.NewClient();
        using var tablet = app.NewClient();
        var email = await ada.NewUserAsync();
        await phone.SignInAsync(email);
        await tablet.SignInAsync(email);

        await (await ada.PostAuthAsync("revoke-other-sessions")).ReadAsync(HttpStatusCode.OK);
        Assert.Equal((true, false, false), (await ada.IsSignedInAsync(), await phone.IsSignedInAsync(), await tablet.IsSignedInAsync()));

        await (await ada.PostAuthAsync("revoke-sessions")).ReadAsync(HttpStatusCode.OK);
        Assert.False(await ada.IsSignedInAsync());
    }

    [Fact(DisplayName = "S30 A session lists the others only within a day of its sign-in")]
    public async Task Lists_the_others_only_while_it_is_fresh()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        await client.SignUpAsync(AuthClient.NewEmail());
        house.Time.Advance(TimeSpan.FromDays(1));

        await (await client.GetAuthAsync("list-sessions")).AssertErrorAsync(HttpStatusCode.Forbidden, "SESSION_NOT_FRESH");
    }

    [Fact]
    public async Task Is_over_after_signing_out_wherever_its_cookie_went()
    {
        using var client = app.NewClient();
        var secret = (await client.SignUpAsync(AuthClient.NewEmail())).Cookie(AuthClient.SessionCookie)!;
        using var copy = client.WithCookie(secret);

        await (await client.PostAuthAsync("sign-out")).ReadAsync(HttpStatusCode.OK);

        Assert.False(await copy.IsSignedInAsync());
        await (await client.PostAuthAsync("sign-out")).ReadAsync(HttpStatusCode.OK);
        await (await client.GetAuthAsync("list-sessions")).AssertErrorAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task Is_removed_when_it_is_over()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        await client.SignUpAsync(AuthClient.NewEmail());
        await using var database = await house.OpenDatabaseAsync();

        house.Time.Advance(TimeSpan.FromDays(8));

        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM identity.sessions") == 0, "the session's row is gone");
    }
}
