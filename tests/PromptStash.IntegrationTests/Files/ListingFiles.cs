namespace PromptStash.IntegrationTests.Files;

public sealed class ListingFiles(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Orders
    {
        get
        {
            var orders = new TheoryData<string, string>();
            foreach (var sort in (string[])["path", "name", "created", "updated", "size", "kind"])
            {
                orders.Add(sort, "asc");
                orders.Add(sort, "desc");
            }

            return orders;
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Goes_through_every_order_page_by_page_without_repeating_or_leaving_out_one(string sort, string order)
    {
        using var ada = await app.SignInAsync();
        var stash = await StashAsync(ada);

        var paged = await ada.AllPagesAsync($"stashes/{stash}/files?sort={sort}&order={order}", limit: 2);
        var whole = await ada.AllPagesAsync($"stashes/{stash}/files?sort={sort}&order={order}");

        Assert.Equal(whole.Select(file => file.Text("path")), paged.Select(file => file.Text("path")));
        Assert.Equal(7, paged.Count);
        var sorted = whole.OrderBy(file => KeyOf(file, sort), StringComparer.Ordinal).Select(file => KeyOf(file, sort)).ToList();
        Assert.Equal(order == "asc" ? sorted : Enumerable.Reverse(sorted), whole.Select(file => KeyOf(file, sort)));
    }

    [Theory]
    [InlineData("kind=AGENT", ".claude/agents/a.md .claude/agents/b.md")]
    [InlineData("fileType=JSON", ".mcp.json")]
    [InlineData("root=true", ".mcp.json CLAUDE.md")]
    [InlineData("tag=red", ".claude/agents/a.md docs/x.md")]
    [InlineData("tag=RED&tag=blue", ".claude/agents/a.md CLAUDE.md docs/x.md")]
    [InlineData("tag=red&tag=blue&match=all", "docs/x.md")]
    [InlineData("tag=red&tag=unknown&match=all", "")]
    [InlineData("tag=red&kind=AGENT", ".claude/agents/a.md")]
    public async Task Answers_only_what_is_asked_for(string filter, string paths)
    {
        using var ada = await app.SignInAsync();
        var stash = await StashAsync(ada);

        var files = await ada.AllPagesAsync($"stashes/{stash}/files?{filter}");

        Assert.Equal(paths, string.Join(' ', files.Select(file => file.Text("path"))));
    }

    [Fact]
    public async Task Answers_only_what_is_in_a_folder()
    {
        using var ada = await app.SignInAsync();
        var stash = await StashAsync(ada);
        var folder = (await ada.AllPagesAsync($"stashes/{stash}/files")).Single(file => file.Text("path") == "docs/x.md").GetProperty("folderId").GetGuid();

        var files = await ada.AllPagesAsync($"stashes/{stash}/files?folderId={folder}");

        Assert.Equal(["docs/x.md"], files.Select(file => file.Text("path")));
    }

    [Fact]
    public async Task Answers_only_what_was_changed_since()
    {
        using var ada = await app.SignInAsync();
        var stash = await StashAsync(ada);
        var file = (await ada.AllPagesAsync($"stashes/{stash}/files"))[0].GetProperty("id").GetGuid();
        var since = app.Time.GetUtcNow();
        await (await ada.PutContentAsync(file, "*", "changed")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal([file], await ChangedSinceAsync(ada, stash, since));
    }

    [Fact]
    public async Task Answers_what_a_commit_moved_along_with_its_folder_since()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "docs/deep/x.md", "x");
        var since = app.Time.GetUtcNow();
        var changes = (object[])[new { op = "move", path = "docs", to = "manual" }];
        await (await ada.PostAsync($"stashes/{stash}/commits", new { message = "Move", changes })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal([file], await ChangedSinceAsync(ada, stash, since));
    }

    [Fact]
    public async Task Answers_what_was_restored_since()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "x.md", "x");
        await ada.RemoveAsync($"files/{file}");
        var since = app.Time.GetUtcNow();
        await ada.RestoreAsync(file);

        Assert.Equal([file], await ChangedSinceAsync(ada, stash, since));
    }

    [Fact]
    public async Task Answers_what_was_restored_in_its_folder_since()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "docs/deep/x.md", "x");
        var folder = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).GetProperty("folderId").GetGuid();
        await ada.RemoveAsync($"folders/{folder}");
        var since = app.Time.GetUtcNow();
        await ada.RestoreAsync(folder);

        Assert.Equal([file], await ChangedSinceAsync(ada, stash, since));
    }

    [Fact]
    public async Task Refuses_a_cursor_of_another_order()
    {
        using var ada = await app.SignInAsync();
        var stash = await StashAsync(ada);
        var next = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/files?sort=size&limit=2", Cancelled)).Text("next");

        await (await ada.GetAsync($"/api/v1/stashes/{stash}/files?sort=size&order=desc&after={next}", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
        await (await ada.GetAsync($"/api/v1/stashes/{stash}/files?sort=name&after={next}", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
        await (await ada.GetAsync($"/api/v1/stashes/{stash}/files?after={next}", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("sort=age")]
    [InlineData("order=up")]
    [InlineData("kind=GALAXY")]
    [InlineData("kind=1")]
    [InlineData("fileType=BINARY")]
    [InlineData("match=none")]
    [InlineData("tag=")]
    [InlineData("root=true&folderId=0199a1b2-0000-7000-8000-000000000001")]
    [InlineData("updatedSince=yesterday")]
    public async Task Refuses_what_it_cannot_read(string query)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await (await ada.GetAsync($"/api/v1/stashes/{stash}/files?{query}", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact(DisplayName = "Fault 24: A list of files answers no contents")]
    public async Task Answers_no_contents()
    {
        using var ada = await app.SignInAsync();
        var stash = await StashAsync(ada);

        var files = await ada.AllPagesAsync($"stashes/{stash}/files");

        Assert.All(files, file => Assert.False(file.TryGetProperty("content", out _)));
    }

    private static string KeyOf(JsonElement file, string sort) => sort switch
    {
        "created" => InFull(file.Text("createdAt")),
        "updated" => InFull(file.Text("updatedAt")),
        "size" => file.GetProperty("size").GetInt32().ToString("D10", System.Globalization.CultureInfo.InvariantCulture),
        "kind" => "AGENT SKILL COMMAND HOOKS SETTINGS MCP SESSION PLUGIN MARKETPLACE RULE MEMORY OUTPUT_STYLE OTHER"
            .IndexOf(file.Text("kind"), StringComparison.Ordinal).ToString("D10", System.Globalization.CultureInfo.InvariantCulture),
        _ => file.Text(sort),
    };

    /// <summary>JSON leaves out the zeros at the end of a second's fraction, which a comparison of texts would take for something greater.</summary>
    private static string InFull(string moment) =>
        DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture).ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Seven files, with equal sizes and kinds among them.</summary>
    private static async Task<IEnumerable<Guid>> ChangedSinceAsync(HttpClient client, Guid stash, DateTimeOffset since) =>
        (await client.AllPagesAsync($"stashes/{stash}/files?updatedSince={Uri.EscapeDataString($"{since:O}")}")).Select(file => file.GetProperty("id").GetGuid());

    private static async Task<Guid> StashAsync(HttpClient client)
    {
        var stash = await client.CreateStashAsync("Listed");
        foreach (var (path, content, tags) in ((string, string, string[])[])
        [
            (".claude/agents/b.md", "22", []),
            (".claude/agents/a.md", "1", ["red"]),
            ("docs/x.md", "333", ["Red", "blue"]),
            ("CLAUDE.md", "1", ["Blue"]),
            (".mcp.json", "{}", []),
            ("scripts/run.sh", "1", []),
            ("scripts/a.md", "55555", []),
        ])
        {
            var file = await client.CreateFileAsync(stash, path, content);
            if (tags.Length > 0)
            {
                await (await client.PutAsJsonAsync($"/api/v1/files/{file}/tags", new { tags }, Cancelled)).ReadAsync(HttpStatusCode.OK);
            }
        }

        return stash;
    }
}
