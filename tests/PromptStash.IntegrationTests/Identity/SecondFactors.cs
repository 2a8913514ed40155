using System.Text.RegularExpressions;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed partial class SecondFactors(PromptStashApp app)
{
    [Fact]
    public async Task Different_backup_codes_at_the_same_moment_all_work()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Identity:Hashing:QueueLimit", "1000"));
        var (email, authenticator) = await EnrolAsync(house);
        var clients = authenticator.BackupCodes.Take(6).Select(_ => house.NewClient()).ToList();
        await Task.WhenAll(clients.Select(client => client.SignInAsync(email)));

        var answers = await Task.WhenAll(clients.Select((client, i) => client.PostAuthAsync("two-factor/verify-backup-code", new { code = authenticator.BackupCodes[i] })));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_trusted_device_needs_no_code_for_thirty_days_and_changes_its_secret_each_time()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (email, authenticator) = await EnrolAsync(house);
        using var laptop = house.NewClient();
        await laptop.SignInAsync(email);
        var first = (await laptop.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code(), trustDevice = true })).Cookie(AuthClient.TrustedDeviceCookie)!;
        await laptop.PostAuthAsync("sign-out");

        var second = (await laptop.SignInAsync(email)).Cookie(AuthClient.TrustedDeviceCookie)!;

        Assert.True(await laptop.IsSignedInAsync());
        Assert.NotEqual(first, second);
        using var thief = laptop.WithCookie(first, AuthClient.TrustedDeviceCookie);
        Assert.True((await (await thief.SignInAsync(email)).ReadAsync(HttpStatusCode.OK)).GetProperty("twoFactorRedirect").GetBoolean());

        house.Time.Advance(TimeSpan.FromDays(30));
        using var later = laptop.WithCookie(second, AuthClient.TrustedDeviceCookie);
        Assert.True((await (await later.SignInAsync(email)).ReadAsync(HttpStatusCode.OK)).GetProperty("twoFactorRedirect").GetBoolean());
    }

    [Fact]
    public async Task A_trusted_device_is_trusted_for_its_own_user_only_and_not_after_a_new_password()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        var (adas, authenticator) = await EnrolAsync(house);
        var (eves, _) = await EnrolAsync(house);
        using var laptop = house.NewClient();
        await laptop.SignInAsync(adas);
        await laptop.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code(), trustDevice = true });

        Assert.True((await (await laptop.SignInAsync(eves)).ReadAsync(HttpStatusCode.OK)).GetProperty("twoFactorRedirect").GetBoolean());
        await laptop.SignInAsync(adas);
        await (await laptop.PostAuthAsync("change-password", new { currentPassword = AuthClient.Password, newPassword = AuthClient.OtherPassword })).ReadAsync(HttpStatusCode.OK);
        Assert.True((await (await laptop.SignInAsync(adas, AuthClient.OtherPassword)).ReadAsync(HttpStatusCode.OK)).GetProperty("twoFactorRedirect").GetBoolean());
    }

    private static async Task<(string Email, Authenticator Authenticator)> EnrolAsync(IdentityHouse house)
    {
        using var client = house.NewClient();
        var email = await client.NewUserAsync();

        return (email, await client.EnableTwoFactorAsync(house));
    }

    private static async Task<int> CountSignedInAsync(List<HttpClient> clients)
    {
        var count = 0;
        foreach (var client in clients)
        {
            count += await client.IsSignedInAsync() ? 1 : 0;
        }

        return count;
    }

    [GeneratedRegex(@"^\$argon2id\$v=19\$m=\d+,t=\d+,p=1\$[A-Za-z0-9+/]{22}\$([A-Za-z0-9+/]{22}\.){9}[A-Za-z0-9+/]{22}$")]
    private static partial Regex StoredCodes();
}
