namespace PromptStash.IntegrationTests.Files;

public sealed class MovingFiles(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renames_one_in_its_folder()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a/one.md", "1");

        var answer = await (await ada.PatchAsync($"files/{file}", new { name = "two.json" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(("two.json", "a/two.json", "JSON"), (answer.Text("name"), answer.Text("path"), answer.Text("fileType")));
    }

    [Fact]
    public async Task Moves_one_into_a_folder_and_to_the_root()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one.md", "1");
        var folder = await ada.CreateFolderAsync(stash, "a/b");

        var inFolder = await (await ada.PatchAsync($"files/{file}", new { folderId = folder })).ReadAsync(HttpStatusCode.OK);
        var atRoot = await (await ada.PatchAsync($"files/{file}", new { folderId = (Guid?)null })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(("a/b/one.md", "one.md"), (inFolder.Text("path"), atRoot.Text("path")));
    }

    [Fact]
    public async Task Keeps_the_kind_unless_it_is_named()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, ".claude/agents/one.md", "1");

        var moved = await (await ada.PatchAsync($"files/{file}", new { folderId = (Guid?)null })).ReadAsync(HttpStatusCode.OK);
        var named = await (await ada.PatchAsync($"files/{file}", new { kind = "RULE" })).ReadAsync(HttpStatusCode.OK);
        var found = await (await ada.PatchAsync($"files/{file}", new { kind = (string?)null })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(("AGENT", "RULE", "OTHER"), (moved.Text("kind"), named.Text("kind"), found.Text("kind")));
    }

    [Theory]
    [InlineData("TAKEN.md")]
    [InlineData("Folder")]
    public async Task To_where_something_is_is_a_conflict(string name)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one.md", "1");
        await ada.CreateFileAsync(stash, "taken.md", "2");
        await ada.CreateFolderAsync(stash, "folder");

        await (await ada.PatchAsync($"files/{file}", new { name })).ReadAsync(HttpStatusCode.Conflict);
        Assert.Equal(["one.md", "taken.md"], await ada.PathsAsync(stash));
    }

    [Fact(DisplayName = "Fault 10: A file cannot be renamed to lead out of its stash")]
    public async Task Out_of_the_stash_is_refused()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "1");

        foreach (var name in (string[])["../../etc/passwd", "..", "/etc/passwd", "C:\\x"])
        {
            await (await ada.PatchAsync($"files/{file}", new { name })).ReadAsync(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task Makes_no_version()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "1");

        var answer = await (await ada.PatchAsync($"files/{file}", new { name = "two.md" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(1, answer.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Copies_one_beside_itself_under_a_free_name_with_its_tags()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/one.md", "first");
        await (await ada.PutContentAsync(file, "\"v1\"", "second")).ReadAsync(HttpStatusCode.OK);
        await (await ada.PutAsJsonAsync($"/api/v1/files/{file}/tags", new { tags = (string[])["red"] }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        var copy = await (await ada.PostAsync($"files/{file}/copy", new { })).ReadAsync(HttpStatusCode.Created);

        Assert.Equal(("a/one (2).md", 1, "red"), (copy.Text("path"), copy.GetProperty("version").GetInt32(), copy.GetProperty("tags")[0].GetString()));
        Assert.Equal("second", (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{copy.GetProperty("id").GetGuid()}", Cancelled)).Text("content"));
    }

    [Fact]
    public async Task Copies_one_to_the_same_path_of_another_stash()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".claude/agents/one.md", "1");
        var other = await ada.CreateStashAsync("Other");

        await (await ada.PostAsync($"files/{file}/copy", new { stashId = other })).ReadAsync(HttpStatusCode.Created);

        Assert.Equal([".claude/agents/one.md"], await ada.PathsAsync(other));
    }

    [Fact]
    public async Task Copies_one_to_a_name_that_is_taken_not_at_all()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one.md", "1");

        await (await ada.PostAsync($"files/{file}/copy", new { folderId = (Guid?)null, name = "ONE.md" })).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal(["one.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Copies_one_once_for_an_idempotency_key()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one.md", "1");

        var ids = new List<Guid>();
        for (var i = 0; i < 2; i++)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/files/{file}/copy") { Content = JsonContent.Create(new { }), Headers = { { "Idempotency-Key", "once" } } };
            ids.Add((await (await ada.SendAsync(request, Cancelled)).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid());
        }

        Assert.Single(ids.Distinct());
        Assert.Equal(2, (await ada.PathsAsync(stash)).Count);
    }

    [Fact]
    public async Task Copies_one_into_nobody_elses_stash()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "1");
        var stash = await eve.DefaultStashAsync();

        await (await ada.PostAsync($"files/{file}/copy", new { stashId = stash })).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Empty(await eve.PathsAsync(stash));
    }
}
