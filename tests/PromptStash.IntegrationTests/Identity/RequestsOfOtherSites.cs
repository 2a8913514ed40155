namespace PromptStash.IntegrationTests.Identity;

public sealed class RequestsOfOtherSites(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

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
}
