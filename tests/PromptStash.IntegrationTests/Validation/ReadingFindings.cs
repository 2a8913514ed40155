namespace PromptStash.IntegrationTests.Validation;

public sealed class ReadingFindings(PromptStashApp app)
{
    private const string Path = ".claude/agents/reviewer.md";
    private const string Nameless = "---\ndescription: Reviews changes\n---\nRead the diff first.\n";
    private const string Good = "---\nname: reviewer\ndescription: Reviews changes\n---\nRead the diff first.\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_file_tells_of_its_current_version()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), Path, Good);
        await (await ada.PutContentAsync(file, "\"v1\"", Nameless)).ReadAsync(HttpStatusCode.OK);

        var findings = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/findings", Cancelled);

        Assert.Equal(2, findings.GetProperty("version").GetInt32());
        Assert.Equal(["agent-name-missing"], Codes(findings));
    }

    [Fact]
    public async Task Of_a_version_tells_of_that_one()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), Path, Nameless);
        await (await ada.PutContentAsync(file, "\"v1\"", Good)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["agent-name-missing"], Codes(await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/findings?version=1", Cancelled)));
        Assert.Equal(HttpStatusCode.NotFound, (await ada.GetAsync($"/api/v1/files/{file}/findings?version=3", Cancelled)).StatusCode);
    }

    [Theory]
    [InlineData("files", "findings")]
    [InlineData("stashes", "findings")]
    [InlineData("stashes", "budget")]
    [InlineData("stashes", "readiness")]
    public async Task Of_another_user_finds_nothing(string what, string which)
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var id = what == "files" ? await ada.CreateFileAsync(stash, Path, Nameless) : stash;

        Assert.Equal(HttpStatusCode.NotFound, (await eve.GetAsync($"/api/v1/{what}/{id}/{which}", Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync($"/api/v1/{what}/{id}/{which}", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Of_a_stash_with_more_text_than_one_request_checks_takes_several_pages()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxCheckedBytes", "100"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        string[] paths = [.. Enumerable.Range(0, 5).Select(n => $".claude/agents/{n}.md")];
        foreach (var path in paths)
        {
            await ada.CreateFileAsync(stash, path, Nameless);
        }

        var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/findings?limit=100", Cancelled);

        Assert.Equal(paths[..2], page.GetProperty("items").EnumerateArray().Select(file => file.Text("path")));
        Assert.Equal(paths, (await ada.AllPagesAsync($"stashes/{stash}/findings")).Select(file => file.Text("path")));
    }

    [Fact]
    public async Task Of_a_stash_tells_also_what_its_files_say_of_one_another()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, ".claude/agents/a.md", "---\nname: twin\ndescription: One\nskills: [pdf, absent]\ntools: mcp__docs__read, mcp__gone__read\n---\nBody\n");
        await ada.CreateFileAsync(stash, ".claude/agents/b.md", "---\nname: twin\ndescription: Two\n---\nBody\n");
        await ada.CreateFileAsync(stash, ".claude/skills/pdf/SKILL.md", "---\nname: pdf\ndescription: Fills forms\n---\nBody\n");
        await ada.CreateFileAsync(stash, ".mcp.json", """{"mcpServers": {"docs": {"command": "docs"}}}""");

        var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/findings", Cancelled);

        var found = page.GetProperty("items").EnumerateArray().ToDictionary(file => file.GetProperty("path").GetString()!, Codes);
        Assert.Equal([".claude/agents/a.md", ".claude/agents/b.md"], found.Keys);
        Assert.Equal(["stash-agent-duplicate", "stash-skill-missing", "stash-server-missing"], found[".claude/agents/a.md"]);
        Assert.Equal(["stash-agent-duplicate"], found[".claude/agents/b.md"]);
    }

    [Fact]
    public async Task Of_a_stash_page_by_page_meets_every_file_once()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await (await ada.ImportAsync(stash, StashClient.Zip([.. Enumerable.Range(0, 7).Select(number => ($".claude/agents/a{number}.md", Nameless))]))).ReadAsync(HttpStatusCode.OK);

        var met = new List<string?>();
        string? after = null;
        do
        {
            var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/findings?limit=3{(after is null ? "" : $"&after={after}")}", Cancelled);
            met.AddRange(page.GetProperty("items").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 7).Select(number => $".claude/agents/a{number}.md"), met);
    }

    [Fact]
    public async Task Of_a_file_and_its_versions_names_the_tokens_an_estimate()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), Path, Good);

        string[] answers = ["", "/versions/1"];
        foreach (var answer in answers)
        {
            var details = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}{answer}", Cancelled);
            Assert.InRange(details.GetProperty("estimatedTokens").GetInt32(), 10, 100);
            Assert.False(details.TryGetProperty("tokens", out _));
        }
    }

    [Fact]
    public async Task Of_a_budget_counts_what_is_loaded_at_every_start()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, Path, Good);
        await ada.CreateFileAsync(stash, "CLAUDE.md", "Run the tests before you commit.\n");
        await ada.CreateFileAsync(stash, "notes.txt", "Nobody loads this.\n");

        var budget = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/budget", Cancelled);

        var files = budget.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("path").GetString()!);
        Assert.InRange(files[Path].GetProperty("estimatedStartUpTokens").GetInt32(), 3, 10);
        Assert.Equal(files["CLAUDE.md"].GetProperty("estimatedTokens").GetInt32(), files["CLAUDE.md"].GetProperty("estimatedStartUpTokens").GetInt32());
        Assert.Equal(0, files["notes.txt"].GetProperty("estimatedStartUpTokens").GetInt32());
        Assert.Equal(files.Values.Sum(file => file.GetProperty("estimatedStartUpTokens").GetInt32()), budget.GetProperty("estimatedStartUpTokens").GetInt32());
    }

    [Fact]
    public async Task Of_readiness_says_yes_where_nothing_is_wrong_and_what_it_costs()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, Path, Good);
        await ada.CreateFileAsync(stash, "CLAUDE.md", "Run the tests before you commit.\n");
        var budget = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/budget", Cancelled);

        var readiness = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/readiness", Cancelled);

        Assert.True(readiness.GetProperty("ready").GetBoolean());
        Assert.Equal(2, readiness.GetProperty("files").GetInt32());
        Assert.Equal(budget.GetProperty("estimatedTokens").GetInt64(), readiness.GetProperty("estimatedTokens").GetInt64());
        Assert.Equal(budget.GetProperty("estimatedStartUpTokens").GetInt32(), readiness.GetProperty("estimatedStartUpTokens").GetInt32());
    }

    [Theory]
    [InlineData(Path, Nameless, "errors")]
    [InlineData(".env.md", "API_KEY=sk-ant-api03-Zq8x4Wm2Rv7Kp1Ls9Td6Yb3Nc5Hf0Jg4Ua8Ee2Oo6Ii1Xx7Qq3Ww5Vv9Bb0Mm4Kk8Pp2Ll6Ss1Dd7Ff3Gg5Hh9Jj0Z-AAAAAAAA", "secrets")]
    public async Task Of_readiness_says_no_and_how_often_what_is_in_the_way_is_there(string path, string content, string what)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "good.md", "Good.\n");
        await ada.CreateFileAsync(stash, path, content);

        var readiness = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/readiness", Cancelled);

        Assert.False(readiness.GetProperty("ready").GetBoolean());
        Assert.Equal(1, readiness.GetProperty(what).GetInt32());
    }

    [Fact]
    public async Task Of_readiness_does_not_say_yes_to_what_was_not_looked_at()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxCheckedBytes", "10"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, Path, Good.Replace("name:", "surprise: yes\nname:", StringComparison.Ordinal));

        var readiness = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/readiness", Cancelled);

        Assert.Equal((false, 0, 0, 1), (
            readiness.GetProperty("ready").GetBoolean(),
            readiness.GetProperty("errors").GetInt32(),
            readiness.GetProperty("secrets").GetInt32(),
            readiness.GetProperty("unchecked").GetInt32()));
    }

    private static IEnumerable<string?> Codes(JsonElement findings) => findings.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString());
}
