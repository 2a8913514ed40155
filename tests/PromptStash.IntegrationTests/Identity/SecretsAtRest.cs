using System.Text;
using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class SecretsAtRest(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "S12 Secrets at rest are not in a dump of the database")]
    public async Task Are_not_in_a_dump_of_the_database()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = AuthClient.NewEmail();
        var secrets = new Dictionary<string, string> { ["password"] = AuthClient.Password };
        await (await client.SignUpAsync(email)).ReadAsync(HttpStatusCode.OK);
        secrets["verification token"] = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Confirm your e-mail address"));

        var enrolment = await (await client.PostAuthAsync("two-factor/enable", new { password = AuthClient.Password })).ReadAsync(HttpStatusCode.OK);
        var authenticator = Authenticator.Of(enrolment, house);
        await (await client.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code() })).ReadAsync(HttpStatusCode.OK);
        secrets["two-factor secret"] = authenticator.Secret;
        for (var i = 0; i < authenticator.BackupCodes.Length; i++)
        {
            secrets[$"backup code {i}"] = authenticator.BackupCodes[i];
        }

        house.Time.Advance(TimeSpan.FromSeconds(30));
        using var laptop = house.NewClient();
        await laptop.SignInAsync(email);
        var signedIn = await laptop.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code(), trustDevice = true });
        secrets["session secret"] = signedIn.Cookie(AuthClient.SessionCookie)!;
        secrets["trusted device"] = signedIn.Cookie(AuthClient.TrustedDeviceCookie)!;
        using var waiting = house.NewClient();
        secrets["sign-in under way"] = (await waiting.SignInAsync(email)).Cookie(AuthClient.TwoFactorCookie)!;

        await client.PostAuthAsync("request-password-reset", new { email });
        secrets["reset token"] = Mailbox.TokenIn(await house.Mail.LinkAsync(email, "Choose a new password"));
        var token = await (await laptop.CreateApiTokenAsync(house.Time.GetUtcNow(), ["stashes:read"])).ReadAsync(HttpStatusCode.Created);
        secrets["API token"] = token.GetProperty("token").GetString()!;

        var dump = await DumpAsync(house);

        Assert.Contains(email, dump, StringComparison.Ordinal);
        Assert.All(secrets, secret =>
        {
            Assert.True(secret.Value.Length >= 10, secret.Key);
            foreach (var form in FormsOf(secret.Value))
            {
                Assert.False(dump.Contains(form, StringComparison.OrdinalIgnoreCase), secret.Key);
            }
        });
    }

    /// <summary>A secret as text, and as bytea and base64 would show it.</summary>
    private static IEnumerable<string> FormsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return secret;
        yield return Convert.ToHexString(bytes);
        yield return Convert.ToBase64String(bytes).TrimEnd('=')[..^2];
        yield return secret.Replace("pst_", "", StringComparison.Ordinal);
    }

    /// <summary>
    /// Every row of every table, as pg_dump writes them. pg_dump itself refuses a server that is newer than it, and is not a part of the
    /// server that the tests bring along.
    /// </summary>
    private static async Task<string> DumpAsync(IdentityHouse house)
    {
        await using var database = await house.OpenDatabaseAsync();
        var dump = new StringBuilder();
        foreach (var table in await TablesAsync(database))
        {
            using var rows = await database.BeginTextExportAsync($"COPY {table} TO STDOUT", Cancelled);
            dump.AppendLine(table).AppendLine(await rows.ReadToEndAsync(Cancelled));
        }

        return dump.ToString();
    }

    public static Task<List<string>> TablesAsync(NpgsqlConnection database) => database.ColumnAsync(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1");
}
