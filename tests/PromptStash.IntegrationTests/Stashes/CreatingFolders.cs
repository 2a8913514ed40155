namespace PromptStash.IntegrationTests.Stashes;

public sealed class CreatingFolders(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_the_parents_that_are_missing()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var folder = await (await PostAsync(ada, stash, "a/b/c")).ReadAsync(HttpStatusCode.Created);

        var tree = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);
        var folders = tree.GetProperty("folders").EnumerateArray().ToDictionary(f => f.GetProperty("path").GetString()!);
        Assert.Equal(["a", "a/b", "a/b/c"], folders.Keys);
        Assert.Equal(folders["a/b"].GetProperty("id").GetGuid(), folder.GetProperty("parentId").GetGuid());
    }

    [Fact]
    public async Task That_exists_whatever_its_case_is_a_conflict()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await PostAsync(ada, stash, "a/b");

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(ada, stash, "A/B")).StatusCode);
    }

    [Fact]
    public async Task Where_a_file_stands_is_a_conflict()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "a", "x");

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(ada, stash, "a/b")).StatusCode);
    }

    [Fact]
    public async Task With_the_same_parents_by_ten_at_once_makes_each_parent_once()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => PostAsync(ada, stash, $"x/y/{i}")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        var counts = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}", Cancelled);
        Assert.Equal(12, counts.GetProperty("folderCount").GetInt32());
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, Guid stash, string path) =>
        client.PostAsJsonAsync($"/api/v1/stashes/{stash}/folders", new { path }, Cancelled);
}
