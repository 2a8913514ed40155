using System.Text.RegularExpressions;

namespace PromptStash.IntegrationTests.Trash;

public sealed class UsingTheTrash(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "Fault 34: What was deleted is listed with who, when and from where")]
    public async Task Lists_who_threw_what_away_and_from_where()
    {
        using var ada = await app.SignInAsync();
        var user = (await ada.GetFromJsonAsync<JsonElement>("/api/auth/get-session", Cancelled)).GetProperty("user").GetProperty("id").GetGuid();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/one.md", "1");
        var before = app.Time.GetUtcNow();
        await ada.RemoveAsync($"files/{file}");

        var item = Assert.Single(await ada.TrashAsync());

        Assert.Equal(
            (file, "FILE", "one.md", "a/one.md", stash, user),
            (item.GetProperty("id").GetGuid(), item.Text("type"), item.Text("name"), item.Text("path"), item.GetProperty("stashId").GetGuid(), item.GetProperty("deletedBy").GetGuid()));
        Assert.InRange(item.GetProperty("deletedAt").GetDateTimeOffset(), before, app.Time.GetUtcNow());
    }

    [Fact]
    public async Task Lists_files_folders_and_stashes_page_by_page_the_last_first()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/one.md", "1");
        await ada.CreateFileAsync(stash, "b/two.md", "2");
        var folder = await ada.FolderIdAsync(stash, "b");
        var other = await ada.CreateStashAsync("Other");
        var third = await ada.CreateFileAsync(stash, "three.md", "3");
        await ada.RemoveAsync($"files/{file}");
        await ada.RemoveAsync($"folders/{folder}");
        await ada.RemoveAsync($"stashes/{other}");
        await ada.RemoveAsync($"files/{third}");

        var items = await ada.AllPagesAsync("trash", limit: 1);

        Assert.Equal([third, other, folder, file], items.Select(item => item.GetProperty("id").GetGuid()));
        Assert.Equal(["FILE", "STASH", "FOLDER", "FILE"], items.Select(item => item.Text("type")));
    }

    [Fact]
    public async Task Hides_what_lies_in_it_everywhere_else()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/b/one.md", "1");
        var folders = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled)).GetProperty("folders").EnumerateArray()
            .ToDictionary(f => f.Text("path"), f => f.GetProperty("id").GetGuid());

        await ada.RemoveAsync($"folders/{folders["a"]}");

        Assert.Empty(await ada.PathsAsync(stash));
        Assert.Empty(await ada.FolderPathsAsync(stash));
        foreach (var path in (string[])[$"files/{file}", $"files/{file}/raw", $"files/{file}/versions", $"folders/{folders["a"]}", $"folders/{folders["a/b"]}"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await ada.GetAsync($"/api/v1/{path}", Cancelled)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await ada.PutContentAsync(file, "\"v1\"", "2")).StatusCode);
    }

    [Fact]
    public async Task Gives_a_file_back_with_its_history()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/one.md", "first");
        await (await ada.PutContentAsync(file, "\"v1\"", "second")).ReadAsync(HttpStatusCode.OK);
        await ada.RemoveAsync($"files/{file}");

        var restored = await ada.RestoreAsync(file);

        Assert.Equal(("a/one.md", false), (restored.Text("path"), restored.GetProperty("renamed").GetBoolean()));
        Assert.Equal("second", await ada.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled));
        Assert.Equal("first", (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions/1", Cancelled)).Text("content"));
        Assert.Empty(await ada.TrashAsync());
    }

    [Theory]
    [InlineData("a/one.md", "a/one.md", "a/one (2).md")]
    [InlineData("a/.mcp.json", "a/.mcp.json", "a/.mcp (2).json")]
    [InlineData(".gitignore", ".GITIGNORE", ".gitignore (2)")]
    [InlineData("a/one.md", "a", "a (2)/one.md")]
    public async Task Gives_a_file_back_under_a_free_name_when_its_place_is_taken(string path, string taken, string free)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, path, "1");
        if (path.Contains('/', StringComparison.Ordinal))
        {
            var folder = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).GetProperty("folderId").GetGuid();
            await ada.RemoveAsync($"files/{file}");
            await ada.RemoveAsync($"folders/{folder}");
        }
        else
        {
            await ada.RemoveAsync($"files/{file}");
        }

        await ada.CreateFileAsync(stash, taken, "2");

        var restored = await ada.RestoreAsync(file);

        Assert.Equal((free, true), (restored.Text("path"), restored.GetProperty("renamed").GetBoolean()));
        Assert.Contains(free, await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Gives_a_folder_back_as_it_was_and_leaves_what_was_thrown_away_before()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "a/b/one.md", "1");
        await ada.CreateFileAsync(stash, "a/two.md", "2");
        var before = await ada.CreateFileAsync(stash, "a/b/before.md", "3");
        await ada.RemoveAsync($"files/{before}");
        var tree = await TreeAsync();
        var folder = JsonSerializer.Deserialize<JsonElement>(tree).GetProperty("folders")[0].GetProperty("id").GetGuid();
        await ada.RemoveAsync($"folders/{folder}");

        await ada.RestoreAsync(folder);

        Assert.Equal(tree, await TreeAsync());
        Assert.Equal(before, Assert.Single(await ada.TrashAsync()).GetProperty("id").GetGuid());

        // All but the times: who asks what has changed since learns of what came back.
        async Task<string> TreeAsync() =>
            Regex.Replace(await ada.GetStringAsync($"/api/v1/stashes/{stash}/tree", Cancelled), "\"updatedAt\":\"[^\"]*\"", "\"updatedAt\":\"\"");
    }

    [Fact]
    public async Task Gives_a_folder_whose_place_is_taken_and_what_was_thrown_away_from_it_another_path()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "a/b/one.md", "1");
        var single = await ada.CreateFileAsync(stash, "a/b/two.md", "2");
        var folder = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled)).GetProperty("folders")[0].GetProperty("id").GetGuid();
        await ada.RemoveAsync($"files/{single}");
        await ada.RemoveAsync($"folders/{folder}");
        await ada.CreateFolderAsync(stash, "A");

        var restored = await ada.RestoreAsync(folder);
        var file = await ada.RestoreAsync(single);

        Assert.Equal(("a (2)", "a (2)/b/two.md"), (restored.Text("path"), file.Text("path")));
        Assert.Equal(["a (2)/b/one.md", "a (2)/b/two.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Gives_a_file_back_to_where_its_folder_has_gone_since()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/one.md", "1");
        var folder = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).GetProperty("folderId").GetGuid();
        await ada.RemoveAsync($"files/{file}");
        await (await ada.PatchAsync($"folders/{folder}", new { name = "b" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("b/one.md", (await ada.RestoreAsync(file)).Text("path"));
    }

    [Fact]
    public async Task Gives_a_stash_back_under_a_free_name()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Twice");
        await ada.CreateFileAsync(stash, "one.md", "1");
        await ada.RemoveAsync($"stashes/{stash}");
        await ada.CreateStashAsync("twice");

        var restored = await ada.RestoreAsync(stash);

        Assert.Equal(("Twice (2)", true), (restored.Text("name"), restored.GetProperty("renamed").GetBoolean()));
        Assert.Equal(["one.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Does_not_show_what_lies_in_the_trash_of_a_stash_that_lies_there()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Doomed");
        var file = await ada.CreateFileAsync(stash, "one.md", "1");
        await ada.RemoveAsync($"files/{file}");
        await ada.RemoveAsync($"stashes/{stash}");

        Assert.Equal(stash, Assert.Single(await ada.TrashAsync()).GetProperty("id").GetGuid());
        Assert.Equal(HttpStatusCode.NotFound, (await ada.PostRestoreAsync(file)).StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Is_everybodys_own(string method)
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "1");
        await ada.RemoveAsync($"files/{file}");

        await eve.SendAsync(new HttpRequestMessage(HttpMethod.Parse(method), "/api/v1/trash"), Cancelled);

        Assert.Empty(await eve.TrashAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await eve.PostRestoreAsync(file)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await eve.DeleteAsync($"/api/v1/trash/{file}", Cancelled)).StatusCode);
        Assert.Single(await ada.TrashAsync());
    }

    [Fact]
    public async Task Restored_by_eight_at_once_is_restored_once()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/one.md", "1");
        await ada.RemoveAsync($"files/{file}");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ada.PostRestoreAsync(file)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(["a/one.md"], await ada.PathsAsync(stash));
    }
}
