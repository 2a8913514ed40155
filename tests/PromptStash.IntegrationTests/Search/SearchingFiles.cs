using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Search;

public sealed class SearchingFiles(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("wombat", "a.md,code-reviewer.md")]
    [InlineData("wombats", "a.md,code-reviewer.md")] // another form of the word
    [InlineData("\"feed the wombat\"", "a.md")]
    [InlineData("wombat -feed", "code-reviewer.md")]
    [InlineData("womb*", "a.md,code-reviewer.md")]
    [InlineData("reviewe*", "code-reviewer.md")] // longer than what is left of 'reviewer' as a word
    [InlineData("code-reviewer.md", "code-reviewer.md")]
    [InlineData("code-rev*", "code-reviewer.md")]
    [InlineData("kind:agent", "code-reviewer.md")]
    [InlineData("wombat -kind:agent", "a.md")]
    [InlineData("path:docs/", "a.md")]
    [InlineData("-path:docs/ wombat", "code-reviewer.md")]
    [InlineData("wombat capybara", "")]
    public async Task Finds(string query, string expected)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "docs/a.md", "Feed the wombat.");
        await ada.CreateFileAsync(stash, ".claude/agents/code-reviewer.md", "Look at what the wombat wrote.");
        await ada.CreateFileAsync(stash, "b.md", "Nothing of interest.");

        Assert.Equal(expected, string.Join(',', Names(await SearchAsync(ada, query)).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("cafe\u0301", "caf\u00E9.md")]
    [InlineData("caf\u00E9", "caf\u00E9.md")]
    [InlineData("path:skills/cafe\u0301", "caf\u00E9.md")]
    [InlineData("path:skills/CAFE\u0301", "caf\u00E9.md")]
    [InlineData("path:Skills/", "caf\u00E9.md,plain.md")]
    [InlineData("path:skills/PLAIN", "plain.md")]
    [InlineData("kind:other -path:SKILLS/", "other.md")]
    [InlineData("path:skills%", "")]
    public async Task Finds_by_path_and_name_whatever_their_case_and_form_of_Unicode(string query, string expected)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "skills/caf\u00E9.md", "One.");
        await ada.CreateFileAsync(stash, "skills/plain.md", "Two.");
        await ada.CreateFileAsync(stash, "other.md", "Three.");

        Assert.Equal(expected, string.Join(',', Names(await SearchAsync(ada, query)).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("\u6D4B\u8BD5", "zh.md")]
    [InlineData("\u68C0\u67E5\u6D4B\u8BD5", "zh.md")]
    [InlineData("\u8BF7\u4ED4\u7EC6\u9605\u8BFB\u4EE3\u7801\u5E76\u68C0\u67E5\u6D4B\u8BD5\u7ED3\u679C", "zh.md")]
    [InlineData("\u8BD5\u6D4B", "")] // the same characters the other way around
    [InlineData("\u68C0\u67E5\u7ED3\u679C", "")] // both words, but not one behind the other
    [InlineData("\u68C0\u67E5 \u7ED3\u679C", "zh.md")]
    [InlineData("\"\u6D4B\u8BD5\u7ED3\u679C\"", "zh.md")]
    [InlineData("\u6D4B\u8BD5*", "zh.md")]
    [InlineData("\u8FD0\u884Clint*", "zh.md")]
    [InlineData("\u6D4B\u8BD5 linter", "zh.md")]
    [InlineData("linter -\u6D4B\u8BD5", "en.md")]
    [InlineData("\u30C6\u30B9\u30C8", "\u6587\u7AE0.md")]
    [InlineData("\u30C6\u30B9\u30C8\u6587\u7AE0", "\u6587\u7AE0.md")]
    [InlineData("\u6587\u7AE0.md", "\u6587\u7AE0.md")]
    [InlineData("\u30AB\u3099\u30A4\u30C8\u3099", "\u6587\u7AE0.md")] // a query with its marks apart
    [InlineData("\u30AC\u30A4\u30C9", "\u6587\u7AE0.md")] // a text with its marks apart
    public async Task Finds_a_word_where_there_are_no_spaces(string query, string expected)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "zh.md", "\u8BF7\u4ED4\u7EC6\u9605\u8BFB\u4EE3\u7801\u5E76\u68C0\u67E5\u6D4B\u8BD5\u7ED3\u679C\u3002\u8FD0\u884Clinter\u3002");
        await ada.CreateFileAsync(stash, "\u6587\u7AE0.md", "\u65E5\u672C\u8A9E\u306E\u30C6\u30B9\u30C8\u6587\u7AE0\u3067\u3059\u3002\u30AB\u3099\u30A4\u30C8\u3099");
        await ada.CreateFileAsync(stash, "en.md", "Run the linter.");

        Assert.Equal(expected, string.Join(',', Names(await SearchAsync(ada, query)).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Marks_a_word_where_there_are_no_spaces_and_shows_the_text_as_it_is()
    {
        using var ada = await app.SignInAsync();
        await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "\u68C0\u67E5\u6D4B\u8BD5\u7ED3\u679C\u3002 Now lint.");

        var segments = (await SearchAsync(ada, "\u6D4B\u8BD5")).GetProperty("items")[0].GetProperty("snippets")[0].GetProperty("segments").EnumerateArray();

        Assert.Equal(
            [("\u68C0\u67E5", false), ("\u6D4B\u8BD5", true), ("\u7ED3\u679C\u3002 Now lint", false)],
            segments.Select(segment => (segment.Text("text"), segment.GetProperty("isMatch").GetBoolean())));
    }

    [Fact]
    public async Task Finds_by_tag()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var tagged = await ada.CreateFileAsync(stash, "a.md", "wombat");
        await ada.CreateFileAsync(stash, "b.md", "wombat");
        await (await ada.PutAsJsonAsync($"/api/v1/files/{tagged}/tags", new { tags = (string[])["Review"] }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["a.md"], Names(await SearchAsync(ada, "wombat tag:review")));
    }

    [Theory]
    [InlineData("model:Opus", "a.md")]
    [InlineData("model:opus tools:Bash", "a.md")]
    [InlineData("tools:bash -model:opus", "b.md")]
    public async Task Finds_by_front_matter(string query, string expected)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, ".claude/agents/a.md", "---\nname: a\ndescription: One\nmodel: opus\ntools: Read, Bash\n---\nBody\n");
        await ada.CreateFileAsync(stash, ".claude/agents/b.md", "---\nname: b\ndescription: Two\nmodel: haiku\ntools: [Bash]\n---\nBody\n");

        Assert.Equal([expected], Names(await SearchAsync(ada, query)));
    }

    [Theory]
    [InlineData("scope:project", "b.md")]
    [InlineData("wombat scope:PROJECT", "b.md")]
    [InlineData("wombat -scope:project", "a.md")]
    [InlineData("wombat scope:plugin", "")]
    public async Task Finds_by_what_the_stash_is_for(string query, string expected)
    {
        using var ada = await app.SignInAsync();
        await ada.CreateFileAsync(await ada.CreateStashAsync("Own", "USER"), "a.md", "wombat");
        await ada.CreateFileAsync(await ada.CreateStashAsync("Project", "PROJECT"), "b.md", "wombat");

        Assert.Equal(expected, string.Join(',', Names(await SearchAsync(ada, query))));
    }

    [Theory]
    [InlineData("wombat since:", 0, true)]
    [InlineData("since:", 0, true)]
    [InlineData("wombat since:", 1, false)]
    [InlineData("wombat -since:", 0, false)]
    [InlineData("wombat -since:", 1, true)]
    public async Task Finds_by_the_time_of_the_last_change(string query, int secondsLater, bool found)
    {
        using var ada = await app.SignInAsync();
        var file = await (await ada.PostFileAsync(await ada.DefaultStashAsync(), "a.md", "wombat")).ReadAsync(HttpStatusCode.Created);
        var time = file.GetProperty("updatedAt").GetDateTimeOffset().AddSeconds(secondsLater).ToString("O", System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(found ? ["a.md"] : [], Names(await SearchAsync(ada, query + time)));
    }

    [Fact]
    public async Task Ranks_the_name_above_the_description_and_that_above_the_body()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "wombat.md", "Nothing.");
        await ada.CreateFileAsync(stash, ".claude/agents/b.md", "---\nname: b\ndescription: Feeds the wombat\n---\nNothing.\n");
        await ada.CreateFileAsync(stash, "c.md", string.Concat(Enumerable.Repeat("wombat ", 500)));

        Assert.Equal(["wombat.md", "b.md", "c.md"], Names(await SearchAsync(ada, "wombat")));
    }

    [Fact]
    public async Task Shows_what_it_found_as_text_and_marks_it()
    {
        using var ada = await app.SignInAsync();
        await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "Feed <script>alert(1)</script> the \u0002wombat\u0003 first.");

        var segments = (await SearchAsync(ada, "wombat")).GetProperty("items")[0].GetProperty("snippets")[0].GetProperty("segments").EnumerateArray().ToList();

        Assert.Equal(["wombat"], segments.Where(segment => segment.GetProperty("isMatch").GetBoolean()).Select(segment => segment.GetProperty("text").GetString()));
        Assert.Contains("<script>", string.Concat(segments.Select(segment => segment.GetProperty("text").GetString())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reveiwer")]
    [InlineData("code-reviwer")]
    public async Task Of_a_misspelt_name_asks_whether_this_was_meant(string query)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "code-reviewer.md", "1");
        await ada.CreateFileAsync(stash, "linter.md", "2");

        var found = await SearchAsync(ada, query);

        Assert.Empty(Names(found));
        Assert.Equal(["code-reviewer.md"], Names(found, "didYouMean"));
    }

    [Theory]
    [InlineData("code-reviewer")] // a name says it
    [InlineData("4711")] // there is no letter to be amiss
    public async Task Asks_for_no_other_name_where_nothing_can_be_misspelt(string query)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "code-reviewer.md", "Look.");
        await ada.CreateFileAsync(stash, "code-reviewers.md", "Look.");
        await ada.CreateFileAsync(stash, "4712.md", "Look.");

        Assert.Empty(Names(await SearchAsync(ada, $"\"{query}\""), "didYouMean"));
    }

    [Theory]
    [InlineData("description = description, fields = fields, content = content, checked_rules = 0", false)]
    [InlineData("content = 'A capybara.'", true)]
    [InlineData("description = 'Of a capybara'", true)]
    public async Task Parses_a_text_again_only_where_something_of_it_is_another(string change, bool parsed)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "wombat");
        await using var database = await app.OpenDatabaseAsync();
        var before = await EntryAsync();

        await database.ExecuteAsync($"UPDATE stashes.files SET {change} WHERE id = $1", file);

        Assert.Equal(parsed, await EntryAsync() != before);

        // Its place in the table: an entry that is written again gets another one.
        async Task<string?> EntryAsync() => await database.ScalarAsync<string>("SELECT ctid::text FROM stashes.file_search WHERE file_id = $1", file);
    }

    [Fact]
    public async Task Pages_through_all_hits_once()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var paths = Enumerable.Range(0, 7).Select(n => $"{n}.md").ToList();
        foreach (var path in paths)
        {
            await ada.CreateFileAsync(stash, path, "wombat" + (path == "3.md" ? " wombat" : ""));
        }

        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await SearchAsync(ada, "wombat", $"&limit=3{(next is null ? "" : $"&after={next}")}");
            names.AddRange(Names(page));
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }
        while (next is not null);

        Assert.Equal("3.md", names[0]);
        Assert.Equal(paths, names.Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "Fault 25: What is searched is every stash, to its last file")]
    public async Task Finds_in_every_stash_to_its_last_file()
    {
        using var ada = await app.SignInAsync();
        await ada.DefaultStashAsync();
        var second = await ada.CreateStashAsync("Second");
        await ada.CreateFileAsync(second, "oldest.md", "wombat");
        var changes = Enumerable.Range(0, 60).Select(i => new { op = "put", path = $"later-{i}.md", content = "kangaroo" });
        await (await ada.PostAsJsonAsync($"/api/v1/stashes/{second}/commits", new { message = "Sixty more", changes }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["oldest.md"], Names(await SearchAsync(ada, "wombat")));
    }

    [Fact]
    public async Task Keeps_to_one_stash_when_asked_to()
    {
        using var ada = await app.SignInAsync();
        var first = await ada.DefaultStashAsync();
        var second = await ada.CreateStashAsync("Second");
        await ada.CreateFileAsync(first, "a.md", "wombat");
        await ada.CreateFileAsync(second, "b.md", "wombat");

        var found = await (await ada.GetAsync($"/api/v1/stashes/{second}/search?q=wombat", Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["b.md"], Names(found));
    }

    [Fact]
    public async Task Finds_nothing_of_others_and_nothing_in_the_trash()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "kept.md", "wombat");
        var deleted = await ada.CreateFileAsync(stash, "deleted.md", "wombat");
        (await ada.DeleteAsync($"/api/v1/files/{deleted}", Cancelled)).EnsureSuccessStatusCode();

        Assert.Empty(Names(await SearchAsync(eve, "wombat")));
        Assert.Equal(["kept.md"], Names(await SearchAsync(ada, "wombat")));
        Assert.Equal(HttpStatusCode.NotFound, (await eve.GetAsync($"/api/v1/stashes/{stash}/search?q=wombat", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task With_a_bad_query_says_where_it_is_bad()
    {
        using var ada = await app.SignInAsync();

        var problem = await (await ada.GetAsync("/api/v1/search?q=one+%22two", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("At character 5: the quotation mark has no other one behind it.", problem.GetProperty("errors").GetProperty("q")[0].GetString());
    }

    [Theory]
    [InlineData("' || '")]
    [InlineData("a' & !b:*")]
    [InlineData("a\\ b\\'*")]
    [InlineData("\"<-> & | ! x\"")]
    [InlineData("the")]
    [InlineData("{0} x")]
    [InlineData("x -the")]
    public async Task Takes_the_syntax_of_the_database_for_text(string query)
    {
        using var ada = await app.SignInAsync();
        var response = await ada.GetAsync($"/api/v1/search?q={Uri.EscapeDataString(query)}", Cancelled);

        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, await response.Content.ReadAsStringAsync(Cancelled));
    }

    private static async Task<JsonElement> SearchAsync(HttpClient client, string query, string more = "") =>
        await (await client.GetAsync($"/api/v1/search?q={Uri.EscapeDataString(query)}{more}", Cancelled)).ReadAsync(HttpStatusCode.OK);

    private static List<string> Names(JsonElement found, string list = "items") =>
        [.. found.GetProperty(list).EnumerateArray().Select(hit => hit.GetProperty("file").GetProperty("name").GetString()!)];
}
