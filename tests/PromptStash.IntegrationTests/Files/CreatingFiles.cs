namespace PromptStash.IntegrationTests.Files;

public sealed class CreatingFiles(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_201_with_the_first_ETag_and_the_files_place()
    {
        using var ada = await app.SignInAsync();

        var response = await ada.PostFileAsync(await ada.DefaultStashAsync(), ".claude/agents/reviewer.md", "---\nname: reviewer\n---\n");

        var file = await response.ReadAsync(HttpStatusCode.Created);
        Assert.Equal("\"v1\"", response.Headers.ETag?.Tag);
        Assert.Equal($"/api/v1/files/{file.GetProperty("id").GetGuid()}", response.Headers.Location?.AbsolutePath);
    }

    [Fact]
    public async Task Tells_type_and_kind_from_the_path()
    {
        using var ada = await app.SignInAsync();

        var file = await (await ada.PostFileAsync(await ada.DefaultStashAsync(), "plugins/x/commands/deep/ship.md", "Ship it.")).ReadAsync(HttpStatusCode.Created);

        Assert.Equal(("COMMAND", "MARKDOWN"), (file.GetProperty("kind").GetString(), file.GetProperty("fileType").GetString()));
    }

    [Fact(DisplayName = "Fault 30: The kind of a file is stored, not guessed again from its path")]
    public async Task Keeps_the_kind_that_is_given()
    {
        using var ada = await app.SignInAsync();

        var file = await (await ada.PostFileAsync(await ada.DefaultStashAsync(), "notes.md", "text", kind: "OUTPUT_STYLE")).ReadAsync(HttpStatusCode.Created);

        Assert.Equal("OUTPUT_STYLE", file.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Makes_the_missing_folders_with_paths_that_add_up()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await ada.CreateFileAsync(stash, ".claude/skills/pdf/SKILL.md", "x");

        var tree = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);
        Assert.Equal(
            [".claude", ".claude/skills", ".claude/skills/pdf"],
            tree.GetProperty("folders").EnumerateArray().Select(folder => folder.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task Puts_it_into_the_folder_that_is_there_whatever_its_case()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "Docs/one.md", "1");

        await ada.CreateFileAsync(stash, "docs/two.md", "2");

        Assert.Equal(["Docs/one.md", "Docs/two.md"], await ada.PathsAsync(stash));
    }

    [Theory(DisplayName = "Fault 9: No two files have one path")]
    [InlineData("readme.md", "README.md")]
    [InlineData("\u00C9cole.md", "\u00E9cole.md")]
    [InlineData("caf\u00E9.md", "cafe\u0301.md")]
    public async Task At_a_path_that_differs_only_in_case_or_composition_is_a_conflict(string first, string second)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, first, "1");

        var response = await ada.PostFileAsync(stash, second, "2");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    [Fact]
    public async Task At_one_path_by_ten_at_once_gives_one_file_and_nine_conflicts()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => ada.PostFileAsync(stash, "a/b/only-one.md", $"{i}")));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(9, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Where_a_folder_stands_is_a_conflict()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "docs/one.md", "1");

        Assert.Equal(HttpStatusCode.Conflict, (await ada.PostFileAsync(stash, "Docs", "2")).StatusCode);
    }

    [Fact]
    public async Task Below_a_file_is_a_conflict()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "docs", "1");

        Assert.Equal(HttpStatusCode.Conflict, (await ada.PostFileAsync(stash, "docs/one.md", "2")).StatusCode);
    }

    [Fact]
    public async Task At_a_deleted_files_path_is_allowed()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var first = await ada.CreateFileAsync(stash, "again.md", "1");
        (await ada.DeleteAsync($"/api/v1/files/{first}", Cancelled)).EnsureSuccessStatusCode();

        Assert.Equal(HttpStatusCode.Created, (await ada.PostFileAsync(stash, "again.md", "2")).StatusCode);
    }

    [Theory(DisplayName = "Fault 10: No path leads out of its stash")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b.md")]
    [InlineData("a/./b.md")]
    [InlineData("a/")]
    [InlineData("")]
    [InlineData("CON.md")]
    [InlineData("tab\there.md")]
    [InlineData("C:/x.md")]
    public async Task At_a_path_that_breaks_the_rules_is_refused_with_the_rule(string path)
    {
        using var ada = await app.SignInAsync();

        var problem = await (await ada.PostFileAsync(await ada.DefaultStashAsync(), path, "x")).ReadAsync(HttpStatusCode.BadRequest);

        Assert.NotEmpty(problem.GetProperty("errors").GetProperty("path")[0].GetString()!);
    }

    [Fact]
    public async Task In_another_users_stash_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();

        var response = await eve.PostFileAsync(await ada.DefaultStashAsync(), "mine.md", "x");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Again_with_the_same_idempotency_key_answers_the_first_file()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PostWithKeyAsync(ada, stash, "key-1", "once.md", "x")));

        var ids = await Task.WhenAll(answers.Select(async answer => (await answer.ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid()));
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task Again_with_the_same_idempotency_key_but_another_body_is_refused()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await PostWithKeyAsync(ada, stash, "key-1", "once.md", "x");

        var response = await PostWithKeyAsync(ada, stash, "key-1", "twice.md", "x");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task After_a_failure_with_the_same_idempotency_key_is_tried_again()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var blocking = await ada.CreateFileAsync(stash, "wanted.md", "in the way");
        Assert.Equal(HttpStatusCode.Conflict, (await PostWithKeyAsync(ada, stash, "key-1", "wanted.md", "x")).StatusCode);
        (await ada.DeleteAsync($"/api/v1/files/{blocking}", Cancelled)).EnsureSuccessStatusCode();

        Assert.Equal(HttpStatusCode.Created, (await PostWithKeyAsync(ada, stash, "key-1", "wanted.md", "x")).StatusCode);
    }

    private static Task<HttpResponseMessage> PostWithKeyAsync(HttpClient client, Guid stash, string key, string path, string content) =>
        client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, $"/api/v1/stashes/{stash}/files")
            {
                Headers = { { "Idempotency-Key", key } },
                Content = JsonContent.Create(new { path, content }),
            },
            Cancelled);
}
