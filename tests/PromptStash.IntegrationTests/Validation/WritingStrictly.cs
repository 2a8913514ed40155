namespace PromptStash.IntegrationTests.Validation;

/// <summary>Commits and imports whose caller wants nothing saved that has errors.</summary>
public sealed class WritingStrictly(PromptStashApp app)
{
    private const string Path = ".claude/agents/reviewer.md";
    private const string Nameless = "---\ndescription: Reviews changes\n---\nRead the diff first.\n";
    private const string Good = "---\nname: reviewer\ndescription: Reviews changes\n---\nRead the diff first.\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_with_errors_is_refused_as_a_whole_and_lists_them_by_path()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var problem = await (await CommitAsync(ada, stash, Put("README.md", "Fine"), Put(Path, Nameless), Put(".mcp.json", "{"))).ReadAsync(HttpStatusCode.UnprocessableEntity);

        Assert.Equal([".claude/agents/reviewer.md: agent-name-missing", ".mcp.json: json-syntax"], Errors(problem));
        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task A_commit_with_a_secret_behind_any_number_of_remarks_is_refused()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var text = string.Concat(Enumerable.Repeat("!`date`\n", 250)) + "gh" + "p_Zk3v9QpL7wXr2Ts8Yb5Nc1Hd6Jf4Mg0AqWeR\n";

        var problem = await (await CommitAsync(ada, stash, Put(".claude/commands/ship.md", text))).ReadAsync(HttpStatusCode.UnprocessableEntity);

        Assert.Equal([".claude/commands/ship.md: secret-github-token"], Errors(problem));
    }

    [Fact]
    public async Task A_commit_is_judged_by_where_its_files_end_up()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var answer = await CommitAsync(ada, stash, Put(Path, Nameless), new { op = "move", path = Path, to = "notes/reviewer.md" });

        await answer.ReadAsync(HttpStatusCode.OK);
        Assert.Equal(["notes/reviewer.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task An_import_with_errors_is_refused_as_a_whole_and_lists_them_by_path()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var problem = await (await ada.ImportAsync(stash, StashClient.Zip(("README.md", "Fine"), (Path, Nameless)), "?strict=true"))
            .ReadAsync(HttpStatusCode.UnprocessableEntity);

        Assert.Equal([".claude/agents/reviewer.md: agent-name-missing"], Errors(problem));
        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task An_import_that_is_only_tried_tells_the_errors_too()
    {
        using var ada = await app.SignInAsync();

        var response = await ada.ImportAsync(await ada.DefaultStashAsync(), StashClient.Zip((Path, Nameless)), "?strict=true&dryRun=true");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task An_import_of_what_is_there_already_writes_nothing_and_is_refused_nothing()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, Path, Nameless);

        var answer = await (await ada.ImportAsync(stash, StashClient.Zip((Path, Nameless)), "?strict=true")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(1, answer.GetProperty("unchanged").GetInt32());
    }

    [Fact]
    public async Task An_import_with_history_may_have_errors_in_versions_that_were_mended_since()
    {
        using var ada = await app.SignInAsync();
        var source = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(source, Path, Nameless);
        await (await ada.PutContentAsync(file, "\"v1\"", Good)).ReadAsync(HttpStatusCode.OK);
        var archive = await ada.GetByteArrayAsync($"/api/v1/stashes/{source}/export?metadata=true&history=true", Cancelled);

        var answer = await (await ada.ImportAsync(await ada.CreateStashAsync("Copy"), archive, "?strict=true")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(1, answer.GetProperty("created").GetInt32());
    }

    [Fact]
    public async Task Of_many_files_with_errors_lists_some_and_counts_all()
    {
        using var ada = await app.SignInAsync();
        var archive = StashClient.Zip([.. Enumerable.Range(100, 101).Select(i => ($".claude/agents/agent-{i}.md", Nameless))]);

        var problem = await (await ada.ImportAsync(await ada.DefaultStashAsync(), archive, "?strict=true")).ReadAsync(HttpStatusCode.UnprocessableEntity);

        Assert.Equal((101, 100), (problem.GetProperty("count").GetInt32(), problem.GetProperty("files").GetArrayLength()));
    }

    private static object Put(string path, string content) => new { op = "put", path, content };

    private static Task<HttpResponseMessage> CommitAsync(HttpClient client, Guid stash, params object[] changes) =>
        client.PostAsJsonAsync($"/api/v1/stashes/{stash}/commits?strict=true", new { message = "A commit", changes }, Cancelled);

    private static IEnumerable<string> Errors(JsonElement problem) =>
        from file in problem.GetProperty("files").EnumerateArray()
        from finding in file.GetProperty("findings").EnumerateArray()
        select $"{file.GetProperty("path").GetString()}: {finding.GetProperty("code").GetString()}";
}
