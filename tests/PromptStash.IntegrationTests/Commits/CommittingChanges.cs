using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Commits;

public sealed class CommittingChanges(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_moves_and_deletes_together()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var kept = await ada.CreateFileAsync(stash, "kept.md", "one");
        var moved = await ada.CreateFileAsync(stash, "old/moved.md", "two");
        await ada.CreateFileAsync(stash, "gone.md", "three");

        var answer = await (await CommitAsync(ada, stash,
            new { op = "put", path = "kept.md", content = "one more", ifVersion = 1 },
            new { op = "put", path = "new/file.md", content = "new", ifVersion = 0 },
            new { op = "move", path = "old/moved.md", to = "new/moved.md" },
            new { op = "delete", path = "gone.md" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["UPDATED 2", "CREATED 1", "MOVED 1", "DELETED 1"], Outcomes(answer));
        Assert.Equal(["kept.md", "new/file.md", "new/moved.md"], await ada.PathsAsync(stash));
        Assert.Equal((kept, moved), (IdOf(answer, 0), IdOf(answer, 2)));
        Assert.Equal("one more", await ada.GetStringAsync($"/api/v1/files/{kept}/raw", Cancelled));
        Assert.Equal("new", await ada.GetStringAsync($"/api/v1/files/{IdOf(answer, 1)}/raw", Cancelled));
    }

    [Fact]
    public async Task With_conflicts_lists_all_of_them_and_changes_nothing()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "a.md", "a");
        await ada.CreateFileAsync(stash, "folder/b.md", "b");

        var problem = await (await CommitAsync(ada, stash,
            new { op = "put", path = "fine.md", content = "fine" },
            new { op = "put", path = "a.md", content = "x", ifVersion = 7 },
            new { op = "put", path = "A.md", content = "x", ifVersion = 0 },
            new { op = "put", path = "nothing.md", content = "x", ifVersion = 1 },
            new { op = "put", path = "folder", content = "x" },
            new { op = "put", path = "a.md/below.md", content = "x" },
            new { op = "delete", path = "missing.md" },
            new { op = "move", path = "a.md", to = "folder/b.md" },
            new { op = "move", path = "folder", to = "folder/inside" },
            new { op = "move", path = "missing.md", to = "there.md" },
            new { op = "delete", path = "folder", ifVersion = 1 })).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal(Enumerable.Range(1, 10), problem.GetProperty("conflicts").EnumerateArray().Select(conflict => conflict.GetProperty("change").GetInt32()));
        Assert.Equal(1, problem.GetProperty("conflicts")[0].GetProperty("version").GetInt32());
        Assert.Equal(["a.md", "folder/b.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Makes_each_on_what_the_ones_before_it_have_left()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/one.md", "1");

        var answer = await (await CommitAsync(ada, stash,
            new { op = "put", path = "a/one.md", content = "2" },
            new { op = "move", path = "a", to = "b" },
            new { op = "put", path = "b/one.md", content = "3", ifVersion = 2 },
            new { op = "put", path = "a/one.md", content = "other", ifVersion = 0 },
            new { op = "move", path = "b/one.md", to = "c/d/two.md" },
            new { op = "delete", path = "b" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["UPDATED 2", "MOVED ", "UPDATED 2", "CREATED 1", "MOVED 2", "DELETED "], Outcomes(answer));
        Assert.Equal(["a/one.md", "c/d/two.md"], await ada.PathsAsync(stash));
        Assert.Equal("3", await ada.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled));
    }

    [Fact]
    public async Task Lets_files_and_folders_change_places()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var (one, two) = (await ada.CreateFileAsync(stash, "x/one.md", "1"), await ada.CreateFileAsync(stash, "y/two.md", "2"));

        await (await CommitAsync(ada, stash,
            new { op = "move", path = "x", to = "spare" },
            new { op = "move", path = "y", to = "x" },
            new { op = "move", path = "spare", to = "y" },
            new { op = "move", path = "y/one.md", to = "spare" },
            new { op = "move", path = "x/two.md", to = "y/one.md" },
            new { op = "move", path = "spare", to = "x/two.md" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["x/two.md", "y/one.md"], await ada.PathsAsync(stash));
        Assert.Equal(("1", "2"), (await ada.GetStringAsync($"/api/v1/files/{one}/raw", Cancelled), await ada.GetStringAsync($"/api/v1/files/{two}/raw", Cancelled)));
        Assert.Equal("x/two.md", (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{one}", Cancelled)).GetProperty("path").GetString());
    }

    [Fact]
    public async Task Puts_a_deleted_folder_into_the_trash_as_one_thing_and_ends_what_was_granted()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "gone/deep/file.md", "x");

        await using var database = await app.OpenDatabaseAsync();
        var share = await database.InsertShareAsync(app, file);

        var answer = await (await CommitAsync(ada, stash, new { op = "delete", path = "gone" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(IdOf(answer, 0), await database.ScalarAsync<Guid>("SELECT trash_id FROM stashes.files WHERE id = $1 AND deleted_at IS NOT NULL", file));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM stashes.folders WHERE trash_id = $1", IdOf(answer, 0)));
        await Eventually.TrueAsync(() => database.HasEndedAsync(share), "the share has ended");
    }

    [Fact]
    public async Task Gives_a_renamed_file_the_type_of_its_new_name()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a.txt", "{}");

        await (await CommitAsync(ada, stash, new { op = "move", path = "a.txt", to = "b/c.json" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("JSON", (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).Text("fileType"));
        Assert.Equal(["b/c.json"], (await ada.AllPagesAsync($"stashes/{stash}/files?fileType=JSON")).Select(one => one.Text("path")));
    }

    [Fact]
    public async Task Leaves_a_file_in_the_folder_that_its_path_names_also_when_that_is_another_one_than_before()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/x.md", "1");
        var old = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).GetProperty("folderId").GetGuid();

        await (await CommitAsync(ada, stash,
            new { op = "move", path = "a", to = "b" },
            new { op = "put", path = "a/y.md", content = "2" },
            new { op = "move", path = "b/x.md", to = "a/x.md" })).ReadAsync(HttpStatusCode.OK);

        Assert.NotEqual(old, (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).GetProperty("folderId").GetGuid());
    }

    [Fact]
    public async Task Takes_along_what_was_thrown_away_from_a_folder_that_it_moves()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var before = await ada.CreateFileAsync(stash, "a/inner/before.md", "1");
        await ada.CreateFileAsync(stash, "a/during.md", "2");
        await ada.RemoveAsync($"files/{before}");

        await (await CommitAsync(ada, stash,
            new { op = "delete", path = "a/during.md" },
            new { op = "move", path = "a", to = "another/folder" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["another/folder/during.md", "another/folder/inner/before.md"], (await ada.TrashAsync()).Select(item => item.Text("path")).Order(StringComparer.Ordinal));
        Assert.Equal("another/folder/inner/before.md", (await ada.RestoreAsync(before)).Text("path"));
    }

    [Fact]
    public async Task Does_nothing_to_a_file_that_somebody_is_just_throwing_away()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a.md", "1");
        await using var database = await app.OpenDatabaseAsync();
        await using var deleting = await database.BeginTransactionAsync(Cancelled);
        await database.ExecuteAsync("UPDATE stashes.files SET deleted_at = now(), deleted_by = owner_id, trash_id = id WHERE id = $1", file);

        var commit = CommitAsync(ada, stash, new { op = "move", path = "a.md", to = "b.md" });
        await app.SomebodyWaitsForAsync(database);
        await deleting.CommitAsync(Cancelled);

        await (await commit).ReadAsync(HttpStatusCode.Conflict);
        Assert.Equal("a.md", Assert.Single(await ada.TrashAsync()).Text("path"));
    }

    [Fact]
    public async Task Whose_moves_make_a_path_too_long_is_refused_with_the_move()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var name = new string('n', 200);
        await ada.CreateFileAsync(stash, $"a/{name}/{name}/{name}/x.md", "1");

        var problem = await (await CommitAsync(ada, stash,
            new { op = "put", path = "fine.md", content = "2" },
            new { op = "move", path = "a", to = $"{name}/{name}/{name}" },
            new { op = "delete", path = "nothing.md" })).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal([1, 2], problem.GetProperty("conflicts").EnumerateArray().Select(conflict => conflict.GetProperty("change").GetInt32()));
        Assert.Contains("longer than 1024 bytes", problem.GetProperty("conflicts")[0].Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_nothing_of_what_it_puts_and_deletes_again()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var answer = await (await CommitAsync(ada, stash,
            new { op = "put", path = "brief/file.md", content = "x" },
            new { op = "delete", path = "brief" })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["DISCARDED ", "DISCARDED "], Outcomes(answer));
        Assert.Empty(await ada.PathsAsync(stash));
        Assert.Empty(await ada.TrashAsync());
    }

    [Fact]
    public async Task Replaces_a_deleted_file_by_another_one_at_its_path()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var old = await ada.CreateFileAsync(stash, "same.md", "old");

        var answer = await (await CommitAsync(ada, stash,
            new { op = "delete", path = "same.md" },
            new { op = "put", path = "same.md", content = "new", ifVersion = 0 })).ReadAsync(HttpStatusCode.OK);

        Assert.NotEqual(old, IdOf(answer, 1));
        Assert.Equal(["DELETED 1", "CREATED 1"], Outcomes(answer));
    }

    [Fact]
    public async Task That_only_tries_tells_the_same_and_changes_nothing()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "a.md", "a");
        object[] changes = [new { op = "put", path = "b.md", content = "b" }, new { op = "delete", path = "a.md" }];

        var answer = await (await ada.PostAsJsonAsync($"/api/v1/stashes/{stash}/commits", new { message = "try", changes, dryRun = true }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["CREATED 1", "DELETED 1"], Outcomes(answer));
        Assert.Equal(["a.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Again_under_the_same_key_answers_the_same_and_makes_nothing_again()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var first = await CommitAsync(ada, stash, "key-1", new { op = "put", path = "once.md", content = "1" });

        var second = await CommitAsync(ada, stash, "key-1", new { op = "put", path = "once.md", content = "1" });
        var other = await CommitAsync(ada, stash, "key-1", new { op = "put", path = "once.md", content = "2" });

        Assert.Equal(await first.Content.ReadAsStringAsync(Cancelled), await second.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Fact]
    public async Task Keeps_the_message_with_each_version()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var answer = await (await CommitAsync(ada, stash, new { op = "put", path = "a.md", content = "a" })).ReadAsync(HttpStatusCode.OK);

        var version = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{IdOf(answer, 0)}/versions/1", Cancelled);
        Assert.Equal("A commit", version.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Of_more_than_allowed_is_refused()
    {
        using var ada = await app.SignInAsync();
        var changes = Enumerable.Range(0, 1001).Select(i => (object)new { op = "put", path = $"{i}.md", content = "" }).ToArray();

        var response = await CommitAsync(ada, await ada.DefaultStashAsync(), changes);

        await response.ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Of_as_many_as_allowed_makes_them_all()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var changes = Enumerable.Range(0, 1000).Select(i => (object)new { op = "put", path = $"{i % 10}/{i}.md", content = $"{i}" }).ToArray();

        await (await CommitAsync(ada, stash, changes)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(1000, (await ada.PathsAsync(stash)).Count);
    }

    [Theory]
    [InlineData("""{"op":"put","path":"a.md"}""", "changes[0].content")]
    [InlineData("""{"op":"put","path":"../a.md","content":""}""", "changes[0].path")]
    [InlineData("""{"op":"put","path":"a.md","content":"","to":"b.md"}""", "changes[0].to")]
    [InlineData("""{"op":"move","path":"a.md"}""", "changes[0].to")]
    [InlineData("""{"op":"delete","path":"a.md","content":""}""", "changes[0].content")]
    [InlineData("""{"op":"delete","path":"a.md","ifVersion":0}""", "changes[0].ifVersion")]
    [InlineData("""{"op":"put","path":"a.md","content":"","ifVersion":-1}""", "changes[0].ifVersion")]
    [InlineData("""{"path":"a.md","content":""}""", "changes[0].op")]
    public async Task That_make_no_sense_is_refused_with_the_field(string change, string field)
    {
        using var ada = await app.SignInAsync();

        var response = await CommitAsync(ada, await ada.DefaultStashAsync(), JsonSerializer.Deserialize<JsonElement>(change));

        var problem = await response.ReadAsync(HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task In_another_users_stash_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();

        var response = await CommitAsync(eve, await ada.DefaultStashAsync(), new { op = "put", path = "a.md", content = "" });

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static Task<HttpResponseMessage> CommitAsync(HttpClient client, Guid stash, params object[] changes) =>
        client.PostAsJsonAsync($"/api/v1/stashes/{stash}/commits", new { message = "A commit", changes }, Cancelled);

    private static Task<HttpResponseMessage> CommitAsync(HttpClient client, Guid stash, string key, object change) => client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, $"/api/v1/stashes/{stash}/commits")
        {
            Headers = { { "Idempotency-Key", key } },
            Content = JsonContent.Create(new { message = "A commit", changes = new[] { change } }),
        },
        Cancelled);

    private static List<string> Outcomes(JsonElement answer) =>
        [.. answer.GetProperty("changes").EnumerateArray().Select(change => $"{change.GetProperty("outcome")} {change.GetProperty("version")}")];

    private static Guid IdOf(JsonElement answer, int change) => answer.GetProperty("changes")[change].GetProperty("id").GetGuid();
}
