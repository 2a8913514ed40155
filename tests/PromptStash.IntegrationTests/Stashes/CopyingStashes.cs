using Npgsql;

namespace PromptStash.IntegrationTests.Stashes;

public sealed class CopyingStashes(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_folders_and_files_with_kinds_and_tags_as_they_are_now()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Original", "PLUGIN");
        var file = await ada.CreateFileAsync(stash, ".claude/agents/one.md", "first");
        await (await ada.PutContentAsync(file, "\"v1\"", "second")).ReadAsync(HttpStatusCode.OK);
        await (await ada.PutAsJsonAsync($"/api/v1/files/{file}/tags", new { tags = (string[])["red"] }, Cancelled)).ReadAsync(HttpStatusCode.OK);
        await ada.CreateFileAsync(stash, "two.md", "2");
        var gone = await ada.CreateFileAsync(stash, "gone.md", "3");
        await ada.RemoveAsync($"files/{gone}");
        await ada.CreateFolderAsync(stash, "empty");

        var copy = await (await ada.PostAsync($"stashes/{stash}/copy", new { })).ReadAsync(HttpStatusCode.Created);

        var id = copy.GetProperty("id").GetGuid();
        Assert.Equal(("Original (2)", "PLUGIN"), (copy.Text("name"), copy.Text("scope")));
        Assert.Equal([".claude", ".claude/agents", "empty"], await ada.FolderPathsAsync(id));
        var files = await ada.AllPagesAsync($"stashes/{id}/files");
        Assert.Equal(
            [".claude/agents/one.md AGENT v1 red", "two.md OTHER v1 "],
            files.Select(f => $"{f.Text("path")} {f.Text("kind")} v{f.GetProperty("version").GetInt32()} {string.Join(' ', f.GetProperty("tags").EnumerateArray())}"));
        Assert.Equal("second", await ada.GetStringAsync($"/api/v1/files/{files[0].GetProperty("id").GetGuid()}/raw", Cancelled));
        Assert.DoesNotContain(await ada.TrashAsync(), item => item.GetProperty("stashId").GetGuid() == id);
    }

    [Fact]
    public async Task Stores_no_content_again()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "one.md", "the only text");

        var copy = await (await ada.PostAsync($"stashes/{stash}/copy", new { })).ReadAsync(HttpStatusCode.Created);

        await using var database = await app.OpenDatabaseAsync();
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM stashes.contents WHERE owner_id = (SELECT user_id FROM stashes.stashes WHERE id = $1)", database) { Parameters = { new() { Value = copy.GetProperty("id").GetGuid() } } };
        Assert.Equal(1L, await command.ExecuteScalarAsync(Cancelled));
    }

    [Fact]
    public async Task Takes_the_labels_of_current_versions_along()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one.md", "first");
        await (await ada.PutContentAsync(file, "\"v1\"", "second")).ReadAsync(HttpStatusCode.OK);
        await (await ada.PutAsJsonAsync($"/api/v1/files/{file}/labels/old", new { version = 1 }, Cancelled)).ReadAsync(HttpStatusCode.OK);
        await (await ada.PutAsJsonAsync($"/api/v1/files/{file}/labels/stable", new { version = 2 }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        var copy = (await (await ada.PostAsync($"stashes/{stash}/copy", new { })).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

        var copied = Assert.Single(await ada.AllPagesAsync($"stashes/{copy}/files")).GetProperty("id").GetGuid();
        var labels = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{copied}", Cancelled)).GetProperty("labels").EnumerateArray();
        Assert.Equal([("stable", 1)], labels.Select(label => (label.Text("name"), label.GetProperty("version").GetInt32())));
    }

    [Fact]
    public async Task Leaves_the_copy_alone_when_the_original_changes()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one.md", "first");
        var copy = (await (await ada.PostAsync($"stashes/{stash}/copy", new { })).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

        await ada.RemoveAsync($"files/{file}");
        await ada.RemoveAsync("trash");

        var copied = Assert.Single(await ada.AllPagesAsync($"stashes/{copy}/files")).GetProperty("id").GetGuid();
        Assert.Equal("first", (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{copied}", Cancelled)).Text("content"));
    }

    [Fact]
    public async Task Under_a_name_that_is_taken_is_a_conflict()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Taken");

        await (await ada.PostAsync($"stashes/{stash}/copy", new { name = "TAKEN" })).ReadAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task By_eight_at_once_gives_each_a_name_of_its_own()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Much copied");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ada.PostAsync($"stashes/{stash}/copy", new { })));

        var names = await Task.WhenAll(answers.Select(async answer => (await answer.ReadAsync(HttpStatusCode.Created)).Text("name")));
        Assert.Equal(Enumerable.Range(2, 8).Select(n => $"Much copied ({n})"), names.Order(StringComparer.Ordinal));
    }
}
