namespace PromptStash.IntegrationTests.Folders;

public sealed class MovingFolders(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "Fault 8: Renaming a folder renames the paths of everything in it")]
    public async Task Renaming_one_renames_the_paths_of_everything_in_it()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "parent/child/one.md", "1");
        await ada.CreateFileAsync(stash, "parents/two.md", "2");
        var parent = await ada.FolderIdAsync(stash, "parent");

        var answer = await (await ada.PatchAsync($"folders/{parent}", new { name = "renamed" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("renamed", answer.Text("path"));
        Assert.Equal(["parents", "renamed", "renamed/child"], await ada.FolderPathsAsync(stash));
        Assert.Equal(["parents/two.md", "renamed/child/one.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Moves_one_into_another()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "a/b/one.md", "1");
        var target = await ada.CreateFolderAsync(stash, "x/y");

        await (await ada.PatchAsync($"folders/{await ada.FolderIdAsync(stash, "a/b")}", new { parentId = target })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["a", "x", "x/y", "x/y/b"], await ada.FolderPathsAsync(stash));
        Assert.Equal(["x/y/b/one.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Moves_one_to_the_root_when_the_parent_is_null()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var folder = await ada.CreateFolderAsync(stash, "a/b");

        var answer = await (await ada.PatchAsync($"folders/{folder}", new { parentId = (Guid?)null })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(("b", JsonValueKind.Null), (answer.Text("path"), answer.GetProperty("parentId").ValueKind));
    }

    [Fact]
    public async Task Leaves_one_in_its_folder_when_no_parent_is_named()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var folder = await ada.CreateFolderAsync(stash, "a/b");

        var answer = await (await ada.PatchAsync($"folders/{folder}", new { name = "c" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("a/c", answer.Text("path"));
    }

    [Fact]
    public async Task Changes_the_case_of_a_name()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "docs/one.md", "1");

        await (await ada.PatchAsync($"folders/{await ada.FolderIdAsync(stash, "docs")}", new { name = "Docs" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["Docs/one.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Counts_characters_beyond_the_first_plane_as_one()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "🦊🦊/one.md", "1");

        await (await ada.PatchAsync($"folders/{await ada.FolderIdAsync(stash, "🦊🦊")}", new { name = "fox" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["fox/one.md"], await ada.PathsAsync(stash));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a/b")]
    [InlineData("a/b/c")]
    public async Task Into_itself_is_a_conflict(string target)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFolderAsync(stash, "a/b/c");

        var response = await ada.PatchAsync($"folders/{await ada.FolderIdAsync(stash, "a")}", new { parentId = await ada.FolderIdAsync(stash, target) });

        await response.ReadAsync(HttpStatusCode.Conflict);
        Assert.Equal(["a", "a/b", "a/b/c"], await ada.FolderPathsAsync(stash));
    }

    [Fact]
    public async Task To_where_a_folder_is_is_a_conflict()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFolderAsync(stash, "Taken");
        var folder = await ada.CreateFolderAsync(stash, "free");

        await (await ada.PatchAsync($"folders/{folder}", new { name = "taken" })).ReadAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task To_where_a_file_is_is_a_conflict()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "taken", "1");
        var folder = await ada.CreateFolderAsync(stash, "free");

        await (await ada.PatchAsync($"folders/{folder}", new { name = "Taken" })).ReadAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task That_would_make_a_path_too_long_is_refused_with_the_path()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var name = new string('n', 250);
        await ada.CreateFileAsync(stash, $"a/{name}/{name}/{name}/{name}", "1");
        var folder = await ada.FolderIdAsync(stash, "a");

        var problem = await (await ada.PatchAsync($"folders/{folder}", new { name = new string('b', 100) })).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Contains($"bbb/{name}/{name}/{name}/{name}'", problem.GetProperty("errors").GetProperty("name")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal([$"a/{name}/{name}/{name}/{name}"], await ada.PathsAsync(stash));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("nul")]
    public async Task Under_a_name_that_is_none_is_refused(string name)
    {
        using var ada = await app.SignInAsync();
        var folder = await ada.CreateFolderAsync(await ada.DefaultStashAsync(), "free");

        var problem = await (await ada.PatchAsync($"folders/{folder}", new { name })).ReadAsync(HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("name", out _), problem.ToString());
    }

    [Fact]
    public async Task Into_a_folder_of_another_stash_is_refused()
    {
        using var ada = await app.SignInAsync();
        var folder = await ada.CreateFolderAsync(await ada.DefaultStashAsync(), "a");
        var elsewhere = await ada.CreateFolderAsync(await ada.CreateStashAsync("Elsewhere"), "b");

        await (await ada.PatchAsync($"folders/{folder}", new { parentId = elsewhere })).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Back_and_forth_by_eight_at_once_leaves_every_path_below_its_folder()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        for (var i = 0; i < 4; i++)
        {
            await ada.CreateFileAsync(stash, $"f{i}/sub/file{i}.md", $"{i}");
        }

        var folders = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => ada.FolderIdAsync(stash, $"f{i}")));
        var answers = await Task.WhenAll(
            from i in Enumerable.Range(0, 4)
            from j in Enumerable.Range(0, 4)
            where i != j
            select ada.PatchAsync($"folders/{folders[i]}", new { parentId = folders[j] }));

        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Conflict]));
        var tree = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);
        var paths = tree.GetProperty("folders").EnumerateArray().ToDictionary(folder => folder.GetProperty("id").GetGuid(), folder => folder.Text("path"));
        Assert.Equal(8, paths.Count);
        Assert.All(tree.GetProperty("folders").EnumerateArray(), folder => Assert.Equal(
            folder.GetProperty("parentId").ValueKind == JsonValueKind.Null ? folder.Text("name") : $"{paths[folder.GetProperty("parentId").GetGuid()]}/{folder.Text("name")}",
            folder.Text("path")));
        Assert.All(tree.GetProperty("files").EnumerateArray(), file => Assert.Equal(
            $"{paths[file.GetProperty("folderId").GetGuid()]}/{file.Text("name")}", file.Text("path")));
    }
}
