using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OtpNet;
using PromptStash.IntegrationTests.Identity;
using PromptStash.IntegrationTests.Sharing;

namespace PromptStash.IntegrationTests.Telemetry;

/// <summary>What leaves the process where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, byte by byte.</summary>
public sealed class ExportingTelemetry(PromptStashApp app)
{
    private const string Content = "---\nname: owl-keeper\ndescription: Counts the owls at night\n---\nCount the owls in the barn, then those outside.\n";
    private const string LinkPassword = "three quiet owls";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("traces", "CreateFile")]
    [InlineData("traces", "INSERT INTO stashes.files")]
    [InlineData("traces", "send mail")]
    [InlineData("metrics", "http.server.request.duration")]
    [InlineData("metrics", "promptstash.share.accesses")]
    [InlineData("logs", "POST /api/v1/stashes/{stashId")]
    public async Task Sends_what_makes_a_dashboard_worth_opening(string kind, string text)
    {
        await using var collector = new Collector();
        await LiveAsync(collector);

        Assert.Contains(text, collector.Received(kind), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Holds_no_content_address_token_or_password()
    {
        await using var collector = new Collector();
        var secrets = await LiveAsync(collector);

        var exported = collector.Received("traces") + collector.Received("metrics") + collector.Received("logs");
        Assert.Contains("OpenLink", exported, StringComparison.Ordinal);
        Assert.Empty(secrets.Where(secret => exported.Contains(secret.Text, StringComparison.OrdinalIgnoreCase)).Select(secret => secret.What));
    }

    /// <summary>Somebody's day: an account, a file, a link to it, and all that may go wrong. Ends with the API, which then sends what is left.</summary>
    private async Task<List<(string What, string Text)>> LiveAsync(Collector collector)
    {
        await using var server = FakeMailServer.Start();

        // Of one database's mails each API would send some.
        var database = await app.CreateMigratedDatabaseAsync();
        await using var api = await app.StartApiAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(app.Time);
                builder.Logging.AddOpenTelemetry();
            },
            [.. collector.Settings, .. server.Settings, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(database))]);
        using var ada = app.NewClient(api);
        using var anybody = app.NewClient(api);
        var email = AuthClient.NewEmail("owl.keeper");
        var signedUp = await ada.SignUpAsync(email, AuthClient.Password);
        var mailed = Mailbox.TokenIn(await server.LinkAsync(email, "Confirm your e-mail address"));
        await ada.GetAuthAsync($"verify-email?token={mailed}");
        await anybody.SignInAsync(email, AuthClient.OtherPassword);
        var stash = await ada.CreateStashAsync("Barn at midnight");
        var file = await ada.CreateFileAsync(stash, ".claude/agents/owl-keeper.md", Content);
        await ada.PutContentAsync(file, "\"v1\"", Content + "And again.\n");
        await ada.PutContentAsync(file, "\"v1\"", Content);
        await ada.PostFileAsync(stash, ".claude/agents/owl-keeper.md", Content);
        await ada.GetAsync("/api/v1/search?q=\"owls in the barn\"", Cancelled);
        await ada.GetAsync("/api/v1/stashes/owls-in-the-barn", Cancelled);
        var token = await (await ada.CreateApiTokenAsync(app.Time.GetUtcNow(), ["stashes:read"])).ReadAsync(HttpStatusCode.Created);
        var link = await ada.LinkAsync("file", file, "COMMENT", new { password = LinkPassword });
        await anybody.GetAsync(link.Path, Cancelled);
        await anybody.UnlockAsync(link, LinkPassword);
        await anybody.GetAsync($"{link.Path}/raw", Cancelled);
        await anybody.GetAsync($"{link.Path}/no/such/route", Cancelled);
        await anybody.PostAsJsonAsync($"{link.Path}/comments", new { name = "Grace of the owls", body = "One of the owls is a cat" }, Cancelled);
        await ada.RemoveAsync($"files/{file}");
        var enrolment = await (await ada.PostAuthAsync("two-factor/enable", new { password = AuthClient.Password })).ReadAsync(HttpStatusCode.OK);
        var secret = System.Web.HttpUtility.ParseQueryString(new Uri(enrolment.Text("totpURI")).Query)["secret"]!;
        var backupCode = enrolment.GetProperty("backupCodes")[0].GetString()!;
        await ada.PostAuthAsync("two-factor/verify-totp", new { code = new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(app.Time.GetUtcNow().UtcDateTime) });
        await anybody.SignInAsync(email);
        await anybody.PostAuthAsync("two-factor/verify-backup-code", new { code = backupCode });

        return
        [
            ("the address", email),
            ("the password", AuthClient.Password),
            ("a wrong password", AuthClient.OtherPassword),
            ("the session", signedUp.Cookie(AuthClient.SessionCookie)!),
            ("the mailed token", mailed),
            ("the second factor's secret", secret),
            ("a backup code", backupCode),
            ("the name of the stash", "Barn at midnight"),
            ("the path", "owl-keeper"),
            ("the content, or what was searched for", "owls"),
            ("the API token", token.GetProperty("token").GetString()!),
            ("the link's token", link.Token[3..]),
        ];
    }
}
