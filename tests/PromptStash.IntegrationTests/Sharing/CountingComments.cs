namespace PromptStash.IntegrationTests.Sharing;

public sealed class CountingComments(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tells_in_every_answer_about_a_file_how_many_there_are_and_how_many_threads_are_open()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Counted");
        var (file, silent) = (await ada.CreateFileAsync(stash, "talk.md", "A rare walrus"), await ada.CreateFileAsync(stash, "silent.md", "A rare walrus"));
        var settled = await CommentAsync(ada, file, "Why?");
        await CommentAsync(ada, file, "Because.", settled);
        await CommentAsync(ada, file, "And here?");
        await (await ada.PatchAsJsonAsync($"/api/v1/comments/{settled}", new { resolved = true }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        var expected = new Dictionary<Guid, string> { [file] = "3 1", [silent] = "0 0" };
        Assert.Equal(expected, await CountsAsync(ada, $"stashes/{stash}/files", "items"));
        Assert.Equal(expected, await CountsAsync(ada, $"stashes/{stash}/tree", "files"));
        Assert.Equal(expected, await CountsAsync(ada, $"stashes/{stash}/search?q=walrus", "items"));
        Assert.Equal(expected, await CountsAsync(ada, "search?q=walrus", "items"));
        Assert.Equal("3 1", await CountsAsync(ada, file));
        Assert.Equal("0 0", await CountsAsync(ada, silent));
    }

    [Fact]
    public async Task Tells_whoever_may_not_read_them_nothing()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var recipient = await bob.AsRecipientAsync();
        var stash = await ada.CreateStashAsync("Partly");
        var (seen, discussed, own) = (
            await ada.CreateFileAsync(stash, "seen.md", "A rare walrus"),
            await ada.CreateFileAsync(stash, "open/deep/discussed.md", "A rare walrus"),
            await bob.CreateFileAsync(await bob.DefaultStashAsync(), "own.md", "A rare walrus"));
        await CommentAsync(ada, seen, "Not for Bob");
        await CommentAsync(ada, discussed, "For Bob");
        await ada.GrantAsync("stash", stash, recipient);
        await ada.GrantAsync("folder", await ada.FolderIdAsync(stash, "open"), recipient, "COMMENT");

        var expected = new Dictionary<Guid, string> { [seen] = "", [discussed] = "1 1" };
        Assert.Equal(expected, await CountsAsync(bob, $"stashes/{stash}/files", "items"));
        Assert.Equal(expected, await CountsAsync(bob, $"stashes/{stash}/tree", "files"));
        Assert.Equal(expected, await CountsAsync(bob, $"stashes/{stash}/search?q=walrus", "items"));
        Assert.Equal(new Dictionary<Guid, string>(expected) { [own] = "0 0" }, await CountsAsync(bob, "search?q=walrus", "items"));
        Assert.Equal(("", "1 1"), (await CountsAsync(bob, seen), await CountsAsync(bob, discussed)));
    }

    [Fact]
    public async Task Counts_only_those_on_the_version_that_is_shown()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "pinned.md", "one");
        await CommentAsync(ada, file, "On the first");
        await ada.PutContentAsync(file, "\"v1\"", "two");
        await CommentAsync(ada, file, "On the second");
        await CommentAsync(ada, file, "On the second, too");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT", new { pin = new { version = 1 } });

        Assert.Equal(("1 1", "3 3"), (await CountsAsync(bob, file), await CountsAsync(ada, file)));
    }

    [Fact]
    public async Task Changes_the_tag_of_a_file_and_not_what_a_write_asks_for()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "tagged.md", "one");
        var before = (await ada.GetAsync($"/api/v1/files/{file}", Cancelled)).Headers.ETag!.Tag;

        await CommentAsync(ada, file, "Why?");

        using var again = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/files/{file}") { Headers = { { "If-None-Match", before } } };
        Assert.Equal(HttpStatusCode.OK, (await ada.SendAsync(again, Cancelled)).StatusCode);
        await (await ada.PutContentAsync(file, before, "two")).ReadAsync(HttpStatusCode.OK);
    }

    private static async Task<Guid> CommentAsync(HttpClient client, Guid file, string body, Guid? parentId = null) =>
        (await (await client.PostAsync($"files/{file}/comments", new { body, parentId })).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    private static async Task<string> CountsAsync(HttpClient client, Guid file) =>
        CountsIn(await client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled));

    private static async Task<Dictionary<Guid, string>> CountsAsync(HttpClient client, string path, string items) =>
        (await client.GetFromJsonAsync<JsonElement>($"/api/v1/{path}", Cancelled)).GetProperty(items).EnumerateArray()
            .Select(item => item.TryGetProperty("file", out var file) ? file : item)
            .ToDictionary(file => file.GetProperty("id").GetGuid(), CountsIn);

    private static string CountsIn(JsonElement file) => file.TryGetProperty("comments", out var counts)
        ? $"{counts.GetProperty("total").GetInt32()} {counts.GetProperty("open").GetInt32()}"
        : "";
}
