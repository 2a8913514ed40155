using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class RequestsOfOtherSites(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static readonly (string Name, Action<HttpRequestMessage> Change)[] Attacks =
    [
        ("foreign Origin", request => request.Headers.Add("Origin", "https://evil.example")),
        ("Origin: null", request => request.Headers.Add("Origin", "null")),
        ("another port", request => request.Headers.Add("Origin", "http://127.0.0.1:1")),
        ("a site that begins like ours", request => request.Headers.Add("Origin", "https://prompts.example.com.evil.example")),
        ("cross-site", request => AddFetch(request, "cross-site")),
        ("same-site", request => AddFetch(request, "same-site")),
        ("cross-site with our Origin", request =>
        {
            request.Headers.Add("Origin", "https://prompts.example.com");
            AddFetch(request, "cross-site");
        }),
    ];

    [Fact]
    public async Task Are_let_in_from_a_site_that_is_listed()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Api:TrustedOrigins:0", "https://app.example.com"));
        using var client = await SignedInWithoutOriginAsync(house);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/sign-out") { Content = JsonContent.Create(new { }) };
        request.Headers.Add("Origin", "https://app.example.com");
        AddFetch(request, "cross-site");

        await (await client.SendAsync(request, Cancelled)).ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Are_told_from_those_of_a_program_which_sends_no_origin()
    {
        using var client = app.NewClient();
        client.DefaultRequestHeaders.Remove("Origin");

        await client.NewUserAsync();
        await (await client.PostAsJsonAsync("/api/v1/stashes", new { name = "from curl", scope = "PROJECT" }, Cancelled)).ReadAsync(HttpStatusCode.Created);
    }

    private static void AddFetch(HttpRequestMessage request, string site)
    {
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", "cors");
    }

    private static async Task<HttpClient> SignedInWithoutOriginAsync(IdentityHouse house)
    {
        var client = house.NewClient();
        await client.NewUserAsync();
        await client.DefaultStashAsync();
        client.DefaultRequestHeaders.Remove("Origin");

        return client;
    }

    /// <summary>
    /// A fingerprint of every row of every table, but for the audit, which is there to be added to, and the outbox, which empties itself
    /// (a verification's token is made when its mail is written).
    /// </summary>
    private static async Task<string> HashAsync(NpgsqlConnection database)
    {
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM identity.outbox_messages") == 0, "the outbox is empty");
        var hashes = new StringBuilder();
        foreach (var table in await SecretsAtRest.TablesAsync(database))
        {
            if (table is not "identity.audit_events")
            {
                hashes.AppendLine(await database.ScalarAsync<string>($"SELECT '{table} ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} AS t"));
            }
        }

        return hashes.ToString();
    }
}
