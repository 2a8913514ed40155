using Microsoft.AspNetCore.Builder;

namespace PromptStash.IntegrationTests.Search;

/// <summary>More files than are ranked: which are found depends on how many answer, and on where these are among the others.</summary>
public sealed class SearchingManyFiles(PromptStashApp app)
{
    /// <summary>Of those that are ranked are twenty times as many walked, before the indexes are asked.</summary>
    private const int Window = 2;

    private const int Files = 50;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("wombat")]
    [InlineData("womb*")]
    [InlineData("kind:agent")]
    public async Task Ranks_the_newest_of_those_that_all_answer(string query)
    {
        await using var many = await Many.CreateAsync(app);

        Assert.Equal(new[] { many.Files[0], many.Files[1] }.Order(), (await many.FindAsync(query)).Order());
    }

    [Theory]
    [InlineData("1", "1")] // the newest answers, as if many did, but no other one
    [InlineData("0,1", "0,1")]
    [InlineData("0,1,2", "0,1")]
    [InlineData("0,30", "0,30")] // found by walking
    [InlineData("0,45", "0,45")] // too far to walk
    [InlineData("45", "45")]
    [InlineData("10,20,30", "10,20")] // none of the newest, as if few did
    [InlineData("30,45,49", "30,45")]
    [InlineData("49", "49")]
    public async Task Ranks_the_newest_wherever_they_are(string places, string expected)
    {
        await using var many = await Many.CreateAsync(app);
        foreach (var place in Read(places))
        {
            await (await many.Client.PutContentAsync(Guid.Parse(many.Files[place]), "*", Agent("capybara"))).ReadAsync(HttpStatusCode.OK);
        }

        Assert.Equal(Read(expected).Select(place => many.Files[place]).Order(), (await many.FindAsync("capybara")).Order());
    }

    [Fact]
    public async Task Passes_over_those_that_lie_in_the_trash()
    {
        await using var many = await Many.CreateAsync(app);
        Assert.Equal(HttpStatusCode.NoContent, (await many.Client.DeleteAsync($"/api/v1/files/{many.Files[0]}", Cancelled)).StatusCode);

        Assert.Equal(new[] { many.Files[1], many.Files[2] }.Order(), (await many.FindAsync("wombat")).Order());
    }

    private static IEnumerable<int> Read(string places) => places.Split(',').Select(place => int.Parse(place, System.Globalization.CultureInfo.InvariantCulture));

    private static string Agent(string word) => $"---\nname: {word}\ndescription: Looks after a {word}\n---\nFeed it.";

    private sealed class Many(WebApplication api, HttpClient client, List<string> files) : IAsyncDisposable
    {
        /// <summary>The ids, the newest first.</summary>
        public List<string> Files => files;

        public HttpClient Client => client;

        public static async Task<Many> CreateAsync(PromptStashApp app)
        {
            var api = await app.StartApiAsync(("Stashes:SearchWindow", $"{Window}"));
            var client = await app.SignInAsync(api);
            var stash = await client.DefaultStashAsync();
            await client.ImportAsync(stash, StashClient.Zip([.. Enumerable.Range(0, SearchingManyFiles.Files).Select(n => ($".claude/agents/{n}.md", Agent("wombat")))]));
            var tree = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/files?limit=100", Cancelled);

            return new Many(api, client, [.. tree.GetProperty("items").EnumerateArray().Select(file => file.GetProperty("id").GetString()!).OrderDescending(StringComparer.Ordinal)]);
        }

        public async Task<IEnumerable<string>> FindAsync(string query) =>
            (await (await client.GetAsync($"/api/v1/search?q={Uri.EscapeDataString(query)}", Cancelled)).ReadAsync(HttpStatusCode.OK))
            .GetProperty("items").EnumerateArray().Select(hit => hit.GetProperty("file").GetProperty("id").GetString()!);

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await api.DisposeAsync();
        }
    }
}
