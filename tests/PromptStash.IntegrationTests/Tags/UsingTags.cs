using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Tags;

public sealed class UsingTags(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_those_that_are_set_for_the_first_time_once_whatever_their_case()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var one = await ada.CreateFileAsync(stash, "one.md", "1");
        var two = await ada.CreateFileAsync(stash, "two.md", "2");

        await SetAsync(ada, one, "Review", "review", " team ");
        var answer = await SetAsync(ada, two, "REVIEW");

        Assert.Equal(["Review"], answer.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal(["Review 2", "team 1"], await TagsAsync(ada));
    }

    [Fact]
    public async Task Takes_off_those_that_are_not_named_any_more()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "1");
        await SetAsync(ada, file, "red", "blue");

        await SetAsync(ada, file, "blue", "green");

        Assert.Equal(["blue 1", "green 1", "red 0"], await TagsAsync(ada));
    }

    [Fact]
    public async Task Counts_only_live_files()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one.md", "1");
        await SetAsync(ada, file, "red");
        await ada.RemoveAsync($"files/{file}");

        Assert.Equal(["red 0"], await TagsAsync(ada));
    }

    [Fact(DisplayName = "Fault 6: Tags belong to their owner, and nobody else sees or changes them")]
    public async Task Are_seen_and_changed_by_their_owner_only()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var tag = await CreateAsync(ada, "secret");
        var own = await CreateAsync(eve, "own");

        Assert.Equal(["own 0"], await TagsAsync(eve));
        Assert.Equal(HttpStatusCode.NotFound, (await eve.PatchAsync($"tags/{tag}", new { name = "mine" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await eve.DeleteAsync($"/api/v1/tags/{tag}", Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await eve.PostAsync($"tags/{tag}/merge", new { into = own })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await eve.PostAsync($"tags/{own}/merge", new { into = tag })).StatusCode);
        Assert.Equal(["secret 0"], await TagsAsync(ada));
    }

    [Fact(DisplayName = "Fault 7: A file gets its owner's tags by name, never somebody else's by id")]
    public async Task Of_the_same_name_of_two_users_are_two_tags()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var tag = await CreateAsync(ada, "shared", "#112233");
        var file = await eve.CreateFileAsync(await eve.DefaultStashAsync(), "one.md", "1");

        await SetAsync(eve, file, "shared");

        var own = Assert.Single(await eve.AllPagesAsync("tags"));
        Assert.NotEqual(tag, own.GetProperty("id").GetGuid());
        Assert.Equal(JsonValueKind.Null, own.GetProperty("color").ValueKind);
        Assert.Equal(["shared 0"], await TagsAsync(ada));
    }

    [Fact]
    public async Task Are_renamed_and_coloured_on_all_files_at_once()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "1");
        await SetAsync(ada, file, "old");
        var tag = (await ada.AllPagesAsync("tags"))[0].GetProperty("id").GetGuid();

        var renamed = await (await ada.PatchAsync($"tags/{tag}", new { name = "new", color = "#1E88E5" })).ReadAsync(HttpStatusCode.OK);
        var plain = await (await ada.PatchAsync($"tags/{tag}", new { color = (string?)null })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(("new", "#1E88E5"), (renamed.Text("name"), renamed.Text("color")));
        Assert.Equal(("new", JsonValueKind.Null), (plain.Text("name"), plain.GetProperty("color").ValueKind));
        var read = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled);
        Assert.Equal("new", read.GetProperty("tags")[0].GetString());
    }

    [Fact]
    public async Task With_a_name_that_another_one_has_are_a_conflict()
    {
        using var ada = await app.SignInAsync();
        await CreateAsync(ada, "one");
        var two = await CreateAsync(ada, "two");

        await (await ada.PatchAsync($"tags/{two}", new { name = "ONE" })).ReadAsync(HttpStatusCode.Conflict);
        await (await ada.PostAsync("tags", new { name = "Two" })).ReadAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Merged_into_another_one_are_that_one_on_every_file_once()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var both = await ada.CreateFileAsync(stash, "both.md", "1");
        var only = await ada.CreateFileAsync(stash, "only.md", "2");
        await SetAsync(ada, both, "from", "into");
        await SetAsync(ada, only, "from");
        var tags = (await ada.AllPagesAsync("tags")).ToDictionary(tag => tag.Text("name"), tag => tag.GetProperty("id").GetGuid());

        var answer = await (await ada.PostAsync($"tags/{tags["from"]}/merge", new { into = tags["into"] })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(("into", 2), (answer.Text("name"), answer.GetProperty("fileCount").GetInt32()));
        Assert.Equal(["into 2"], await TagsAsync(ada));
    }

    [Fact]
    public async Task Merged_while_a_file_that_has_them_is_copied_are_on_the_copy_too()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one.md", "1");
        var copy = await ada.CreateFileAsync(stash, "copy.md", "1");
        await SetAsync(ada, file, "from");
        var (from, into) = ((await ada.AllPagesAsync("tags"))[0].GetProperty("id").GetGuid(), await CreateAsync(ada, "into"));

        // What a copy does between its statements: it holds the tag, and has put it on the file that it makes.
        await using var database = await app.OpenDatabaseAsync();
        await using var copying = await database.BeginTransactionAsync(Cancelled);
        await database.ExecuteAsync("SELECT FROM stashes.tags WHERE id = $1 FOR KEY SHARE", from);
        await database.ExecuteAsync("INSERT INTO stashes.file_tags (id, file_id, tag_id, created_at) VALUES ($1, $2, $3, now())", app.NewId(), copy, from);
        var merge = ada.PostAsync($"tags/{from}/merge", new { into });
        await app.SomebodyWaitsForAsync(database);
        await copying.CommitAsync(Cancelled);

        await (await merge).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(["into 2"], await TagsAsync(ada));
    }

    [Fact]
    public async Task Deleted_are_off_every_file()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "1");
        await SetAsync(ada, file, "red");

        await ada.RemoveAsync($"tags/{(await ada.AllPagesAsync("tags"))[0].GetProperty("id").GetGuid()}");

        var read = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled);
        Assert.Empty(read.GetProperty("tags").EnumerateArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("two\nlines")]
    [InlineData("123456789012345678901234567890123456789012345678901")]
    public async Task With_a_name_that_is_none_are_refused(string name)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "1");

        await (await ada.PostAsync("tags", new { name })).ReadAsync(HttpStatusCode.BadRequest);
        await (await ada.PutAsJsonAsync($"/api/v1/files/{file}/tags", new { tags = (string[])[name] }, Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Of_a_file_are_at_most_fifty()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "1");

        await SetAsync(ada, file, [.. Enumerable.Range(0, 50).Select(i => $"tag {i}")]);
        var more = await ada.PutAsJsonAsync($"/api/v1/files/{file}/tags", new { tags = Enumerable.Range(0, 51).Select(i => $"tag {i}") }, Cancelled);

        await more.ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Of_a_user_are_at_most_as_many_as_configured_also_when_many_are_made_at_once()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxTagsPerUser", "5"));
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "1");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 2 == 0
            ? ada.PostAsync("tags", new { name = $"tag {i}" })
            : ada.PutAsJsonAsync($"/api/v1/files/{file}/tags", new { tags = (string[])[$"tag {i}"] }, Cancelled)));

        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.Conflict);
        Assert.Equal(5, (await ada.AllPagesAsync("tags")).Count);
    }

    [Theory]
    [InlineData("re", "Review,more")]
    [InlineData("VIEW", "Review")]
    [InlineData("%25", "100%")]
    [InlineData("o_", "")]
    public async Task Are_suggested_by_a_part_of_their_names(string q, string expected)
    {
        using var ada = await app.SignInAsync();
        foreach (var name in (string[])["Review", "more", "100%"])
        {
            await (await ada.PostAsJsonAsync("/api/v1/tags", new { name }, Cancelled)).ReadAsync(HttpStatusCode.Created);
        }

        var found = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/tags?q={q}", Cancelled);

        Assert.Equal(expected, string.Join(',', found.GetProperty("items").EnumerateArray().Select(tag => tag.Text("name"))));
    }

    private static async Task<Guid> CreateAsync(HttpClient client, string name, string? color = null) =>
        (await (await client.PostAsync("tags", new { name, color })).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    private static async Task<JsonElement> SetAsync(HttpClient client, Guid file, params string[] tags) =>
        await (await client.PutAsJsonAsync($"/api/v1/files/{file}/tags", new { tags }, Cancelled)).ReadAsync(HttpStatusCode.OK);

    private static async Task<IEnumerable<string>> TagsAsync(HttpClient client) =>
        (await client.AllPagesAsync("tags", limit: 2)).Select(tag => $"{tag.Text("name")} {tag.GetProperty("fileCount").GetInt32()}");
}
