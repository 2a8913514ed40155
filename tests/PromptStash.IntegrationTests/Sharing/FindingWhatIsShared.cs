namespace PromptStash.IntegrationTests.Sharing;

public sealed class FindingWhatIsShared(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_part_of_every_search_and_goes_as_far_as_the_shares()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var recipient = await bob.AsRecipientAsync();
        var (whole, half, none) = (await ada.CreateStashAsync("Whole"), await ada.CreateStashAsync("Half"), await ada.CreateStashAsync("None"));
        await ada.CreateFileAsync(whole, "whole.md", "A rare walrus");
        await ada.CreateFileAsync(half, "open/deep/half.md", "A rare walrus");
        await ada.CreateFileAsync(half, "closed/half.md", "A rare walrus");
        await ada.CreateFileAsync(none, "none.md", "A rare walrus");
        var single = await ada.CreateFileAsync(none, "single.md", "A rare walrus");
        var pinned = await ada.CreateFileAsync(none, "pinned.md", "A rare walrus");
        await bob.CreateFileAsync(await bob.DefaultStashAsync(), "own.md", "A rare walrus");
        await ada.GrantAsync("stash", whole, recipient);
        await ada.GrantAsync("folder", await ada.FolderIdAsync(half, "open"), recipient);
        await ada.GrantAsync("file", single, recipient);
        await ada.GrantAsync("file", pinned, recipient, more: new { pin = new { version = 1 } });

        Assert.Equal(["open/deep/half.md", "own.md", "single.md", "whole.md"], (await FindAsync(bob, "search")).Order());
        Assert.Equal(["open/deep/half.md"], await FindAsync(bob, $"stashes/{half}/search"));
        Assert.Equal(["whole.md"], await FindAsync(bob, $"stashes/{whole}/search"));
    }

    [Fact]
    public async Task Comes_page_by_page_with_ones_own()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.GrantAsync("stash", stash, await bob.AsRecipientAsync());
        for (var number = 0; number < 4; number++)
        {
            await (number % 2 == 0 ? ada.CreateFileAsync(stash, $"f{number}.md", "walrus") : bob.CreateFileAsync(await bob.DefaultStashAsync(), $"f{number}.md", "walrus"));
        }

        var found = (await bob.AllPagesAsync("search?q=walrus", limit: 1)).Select(hit => hit.GetProperty("file").Text("path")).ToList();

        Assert.Equal(["f0.md", "f1.md", "f2.md", "f3.md"], found.Order());
    }

    [Fact]
    public async Task Knows_a_misspelt_name()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        await ada.GrantAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "code-reviewer.md", "x"), await bob.AsRecipientAsync());

        var answer = await bob.GetFromJsonAsync<JsonElement>("/api/v1/search?q=code-reveiwer", Cancelled);

        Assert.Equal("code-reviewer.md", Assert.Single(answer.GetProperty("didYouMean").EnumerateArray()).GetProperty("file").Text("path"));
    }

    [Fact]
    public async Task Ends_with_the_share()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "gone.md", "walrus");
        var share = await ada.GrantAsync("stash", stash, await bob.AsRecipientAsync());

        await (await ada.RevokeAsync(share)).ReadNothingAsync();

        Assert.Empty(await FindAsync(bob, "search"));
    }

    private static async Task<List<string>> FindAsync(HttpClient client, string where)
    {
        var answer = await client.GetFromJsonAsync<JsonElement>($"/api/v1/{where}?q=walrus", Cancelled);

        return [.. answer.GetProperty("items").EnumerateArray().Select(hit => hit.GetProperty("file").Text("path"))];
    }
}
