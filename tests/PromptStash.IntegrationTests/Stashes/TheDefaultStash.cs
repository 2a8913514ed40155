namespace PromptStash.IntegrationTests.Stashes;

public sealed class TheDefaultStash(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "Fault 13: First requests at the same time make one default stash")]
    public async Task Is_there_exactly_once_after_twenty_first_requests_at_the_same_time()
    {
        using var ada = await app.SignInAsync();

        var pages = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => ada.GetFromJsonAsync<JsonElement>("/api/v1/stashes", Cancelled)));

        Assert.All(pages, page =>
        {
            var stash = Assert.Single(page.GetProperty("items").EnumerateArray());
            Assert.Equal("My PromptStash", stash.GetProperty("name").GetString());
            Assert.Equal("USER", stash.GetProperty("scope").GetString());
        });
        Assert.Single(pages.Select(page => page.GetProperty("items")[0].GetProperty("id").GetGuid()).Distinct());
    }

    [Fact]
    public async Task Does_not_come_back_once_it_was_thrown_away()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await ada.RemoveAsync($"stashes/{stash}");
        Assert.Empty(await ada.AllPagesAsync("stashes"));

        await ada.RemoveAsync($"trash/{stash}");
        Assert.Empty(await ada.AllPagesAsync("stashes"));
    }

    [Fact]
    public async Task Is_there_also_for_a_user_who_made_another_stash_first()
    {
        using var ada = await app.SignInAsync();
        await ada.CreateStashAsync("Mine");

        var page = await ada.GetFromJsonAsync<JsonElement>("/api/v1/stashes", Cancelled);

        Assert.Equal(["Mine", "My PromptStash"], page.GetProperty("items").EnumerateArray().Select(stash => stash.GetProperty("name").GetString()).Order());
    }
}
