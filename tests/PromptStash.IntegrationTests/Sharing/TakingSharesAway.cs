namespace PromptStash.IntegrationTests.Sharing;

public sealed class TakingSharesAway(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_along_what_was_shared_remarked_and_suggested()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "mine.md", "x");
        var link = await ada.LinkAsync("file", file, "COMMENT");
        await (await ada.PostAsJsonAsync($"/api/v1/files/{file}/comments", new { body = "A remark of mine" }, Cancelled)).ReadAsync(HttpStatusCode.Created);
        using var grace = app.NewClient();
        await (await grace.SuggestAsync(link, 1, "Another text")).ReadAsync(HttpStatusCode.Created);

        var export = await ExportAsync(ada);

        Assert.Equal(
            (link.Share, "A remark of mine", "Another text", "OPEN"),
            (Only("shares").GetProperty("id").GetGuid(), Only("comments").GetProperty("body").GetString(),
                Only("suggestions").GetProperty("content").GetString(), Only("suggestions").GetProperty("status").GetString()));

        JsonElement Only(string name) => Assert.Single(export[name].EnumerateArray());
    }

    [Fact]
    public async Task Takes_nothing_of_another_user_along()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "hers.md", "x");
        await ada.LinkAsync("file", file);
        await ada.GrantAsync("file", file, new { user = await eve.UserIdAsync() });
        await ada.SuggestionAsync(file, 1, "y");

        var export = await ExportAsync(eve);

        Assert.All(export.Values, rows => Assert.Empty(rows.EnumerateArray()));
    }

    private static async Task<Dictionary<string, JsonElement>> ExportAsync(HttpClient client)
    {
        var files = StashClient.Unzip(await client.GetByteArrayAsync("/api/v1/account/export", Cancelled));

        return ((string[])["shares", "comments", "suggestions"]).ToDictionary(name => name, name => JsonSerializer.Deserialize<JsonElement>(files[$"sharing/{name}.json"]));
    }
}
