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

    [Fact(DisplayName = "S15 Requests that another site's page sends are refused by every operation, and change nothing")]
    public async Task Are_refused_by_every_operation()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = await SignedInWithoutOriginAsync(house);
        await using var database = await house.OpenDatabaseAsync();
        var before = await HashAsync(database);

        foreach (var (method, path, _) in Endpoints.Unsafe(house.Api))
        {
            foreach (var (name, change) in Attacks)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = Endpoints.EmptyBody(path) };
                change(request);
                var response = await client.SendAsync(request, Cancelled);
                Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{method} {path}, {name}: {response.StatusCode}");
            }
        }

        Assert.Equal(before, await HashAsync(database));
    }

    [Fact(DisplayName = "S15 Requests with a cookie and without Origin or Referer are refused below /api/auth, and change nothing")]
    public async Task Without_an_origin_are_refused_by_the_contract()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = await SignedInWithoutOriginAsync(house);
        await using var database = await house.OpenDatabaseAsync();
        var before = await HashAsync(database);

        foreach (var (method, path, _) in Endpoints.Unsafe(house.Api).Where(endpoint => endpoint.Path.StartsWith("/api/auth/", StringComparison.Ordinal)))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = JsonContent.Create(new { }) };
            await (await client.SendAsync(request, Cancelled)).AssertErrorAsync(HttpStatusCode.Forbidden, "MISSING_OR_NULL_ORIGIN");
        }

        Assert.Equal(before, await HashAsync(database));
    }

    [Fact(DisplayName = "S15 Requests with a text or a form in place of JSON are refused by every operation, and change nothing")]
    public async Task With_a_body_that_a_form_can_send_are_refused()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        await client.NewUserAsync();
        await using var database = await house.OpenDatabaseAsync();
        var before = await HashAsync(database);
        string[] takesForms = ["/api/auth/sign-up/email", "/api/auth/sign-in/email"];

        foreach (var (method, path, _) in Endpoints.Unsafe(house.Api).Where(endpoint => endpoint.Method != "DELETE"))
        {
            foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x" })
            {
                if (takesForms.Contains(path) && type.StartsWith("application/x-www", StringComparison.Ordinal))
                {
                    continue;
                }

                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}")) };
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
                var response = await client.SendAsync(request, Cancelled);
                Assert.True(
                    response.StatusCode is HttpStatusCode.UnsupportedMediaType or HttpStatusCode.MethodNotAllowed,
                    $"{method} {path}, {type}: {response.StatusCode}");
            }
        }

        Assert.Equal(before, await HashAsync(database));
    }

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

    [Fact(DisplayName = "S16 No GET changes anything")]
    public async Task No_get_changes_anything()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        await client.NewUserAsync();
        var stash = await client.DefaultStashAsync();
        var file = await client.CreateFileAsync(stash, "a.md", "text");
        await using var database = await house.OpenDatabaseAsync();
        var before = await HashAsync(database);
        var count = 0;

        foreach (var path in Endpoints.All(house.Api).Where(endpoint => endpoint.Method == "GET").Select(endpoint => endpoint.Path))
        {
            var known = path
                .Replace("/files/0199a1b2-0000-7000-8000-00000000ffff", $"/files/{file}", StringComparison.Ordinal)
                .Replace("/stashes/0199a1b2-0000-7000-8000-00000000ffff", $"/stashes/{stash}", StringComparison.Ordinal);
            using var response = await client.GetAsync(known, Cancelled);
            Assert.True((int)response.StatusCode < 500, $"{known}: {response.StatusCode}");
            count++;
        }

        Assert.True(count > 15, "Nothing was found.");
        Assert.Equal(before, await HashAsync(database));
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
