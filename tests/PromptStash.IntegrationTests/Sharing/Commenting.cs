namespace PromptStash.IntegrationTests.Sharing;

public sealed class Commenting(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_lines_of_a_version_keeps_both()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "talk.md", "one\ntwo\n");
        await ada.PutContentAsync(file, "\"v1\"", "one\nthree\n");

        var comment = await CommentAsync(ada, file, new { body = "Why?", version = 1, lineFrom = 2 });

        Assert.Equal((1, 2, 2), (comment.GetProperty("version").GetInt32(), comment.GetProperty("lineFrom").GetInt32(), comment.GetProperty("lineTo").GetInt32()));
    }

    [Fact]
    public async Task Lists_a_thread_in_order_with_the_names_of_its_authors()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "thread.md", "x");
        var link = await ada.LinkAsync("file", file, "COMMENT");
        var question = (await CommentAsync(ada, file, new { body = "Why?" })).GetProperty("id").GetGuid();
        using var grace = app.NewClient();
        await (await grace.PostAsJsonAsync($"{link.Path}/comments", new { name = "Grace", body = "Because.", parentId = question }, Cancelled)).ReadAsync(HttpStatusCode.Created);

        var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/comments", Cancelled);

        var comments = page.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["Why?", "Because."], comments.Select(comment => comment.GetProperty("body").GetString()));
        Assert.Equal(("Grace", question), (comments[1].GetProperty("authorName").GetString(), comments[1].GetProperty("parentId").GetGuid()));
    }

    [Fact(DisplayName = "H12: Through a link that allows VIEW looks as if it were not there")]
    public async Task Through_a_link_that_allows_VIEW_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "view.md", "x"));
        using var grace = app.NewClient();

        var written = await grace.PostAsJsonAsync($"{link.Path}/comments", new { name = "Grace", body = "Hello" }, Cancelled);
        var read = await grace.GetAsync($"{link.Path}/comments", Cancelled);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (written.StatusCode, read.StatusCode));
    }

    [Fact]
    public async Task Through_a_link_needs_a_name()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "name.md", "x"), "COMMENT");
        using var grace = app.NewClient();

        await (await grace.PostAsJsonAsync($"{link.Path}/comments", new { name = " ", body = "Hello" }, Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Through_a_link_does_not_tell_the_ids_of_users()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "ids.md", "x");
        var link = await ada.LinkAsync("file", file, "COMMENT");
        await CommentAsync(ada, file, new { body = "Mine" });
        using var grace = app.NewClient();

        var seen = await grace.GetStringAsync($"{link.Path}/comments", Cancelled);

        Assert.DoesNotContain((await ada.UserIdAsync()).ToString(), seen, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Below_a_shared_folder_reaches_no_file_beside_it()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Talk");
        await ada.CreateFileAsync(stash, "open/a.md", "A");
        await ada.CreateFileAsync(stash, "closed/b.md", "B");
        var link = await ada.LinkAsync("folder", await ada.FolderIdAsync(stash, "open"), "COMMENT");
        using var grace = app.NewClient();

        var inside = await grace.PostAsJsonAsync($"{link.Path}/comments?path=a.md", new { name = "Grace", body = "Hello" }, Cancelled);
        var outside = await grace.PostAsJsonAsync($"{link.Path}/comments?path=../closed/b.md", new { name = "Grace", body = "Hello" }, Cancelled);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NotFound), (inside.StatusCode, outside.StatusCode));
    }

    [Fact]
    public async Task Through_one_link_is_for_so_many_times_an_hour()
    {
        await using var api = await app.StartApiAsync(("Sharing:LinkCommentsPerHour", "2"));
        using var ada = await app.SignInAsync(api);
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "flood.md", "x"), "COMMENT");
        using var grace = app.NewClient(api);

        var statuses = new List<HttpStatusCode>();
        for (var comment = 0; comment < 3; comment++)
        {
            statuses.Add((await grace.PostAsJsonAsync($"{link.Path}/comments", new { name = "Grace", body = "Hello" }, Cancelled)).StatusCode);
        }

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact]
    public async Task Can_be_settled_and_opened_again()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "settle.md", "x");
        var comment = (await CommentAsync(ada, file, new { body = "Why?" })).GetProperty("id").GetGuid();

        var settled = await (await ada.PatchAsJsonAsync($"/api/v1/comments/{comment}", new { resolved = true }, Cancelled)).ReadAsync(HttpStatusCode.OK);
        var opened = await (await ada.PatchAsJsonAsync($"/api/v1/comments/{comment}", new { resolved = false }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal((JsonValueKind.String, JsonValueKind.Null), (settled.GetProperty("resolvedAt").ValueKind, opened.GetProperty("resolvedAt").ValueKind));
    }

    [Fact]
    public async Task Leaves_the_words_of_others_to_them()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "words.md", "x");
        var link = await ada.LinkAsync("file", file, "COMMENT");
        using var grace = app.NewClient();
        var comment = (await (await grace.PostAsJsonAsync($"{link.Path}/comments", new { name = "Grace", body = "Mine" }, Cancelled)).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

        var response = await ada.PatchAsJsonAsync($"/api/v1/comments/{comment}", new { body = "Not mine" }, Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Is_undone_by_the_files_owner_with_all_answers()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "undo.md", "x");
        var question = (await CommentAsync(ada, file, new { body = "Why?" })).GetProperty("id").GetGuid();
        await CommentAsync(ada, file, new { body = "Because.", parentId = question });

        Assert.Equal(HttpStatusCode.NoContent, (await ada.DeleteAsync($"/api/v1/comments/{question}", Cancelled)).StatusCode);
        var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/comments", Cancelled);
        Assert.Empty(page.GetProperty("items").EnumerateArray());
    }

    [Fact(DisplayName = "H15: On somebody else's file finds nothing on any route")]
    public async Task On_somebody_elses_file_finds_nothing_on_any_route()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "hers.md", "x");
        var comment = (await CommentAsync(ada, file, new { body = "Mine" })).GetProperty("id").GetGuid();

        HttpResponseMessage[] responses =
        [
            await eve.GetAsync($"/api/v1/files/{file}/comments", Cancelled),
            await eve.PostAsJsonAsync($"/api/v1/files/{file}/comments", new { body = "Hello" }, Cancelled),
            await eve.PatchAsJsonAsync($"/api/v1/comments/{comment}", new { resolved = true }, Cancelled),
            await eve.DeleteAsync($"/api/v1/comments/{comment}", Cancelled),
        ];

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
    }

    public static TheoryData<object> BadRequests =>
    [
        new { body = "" },
        new { body = "x", version = 7 },
        new { body = "x", lineTo = 3 },
        new { body = "x", lineFrom = 3, lineTo = 2 },
        new { body = "x", lineFrom = 0 },
        new { body = "x", parentId = "019ab4c1-0f3a-7d10-8c11-5a8e2f7b9d01" },
    ];

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task By_a_request_that_breaks_a_rule_is_answered_with_400(object request)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "rules.md", "x");

        await (await ada.PostAsJsonAsync($"/api/v1/files/{file}/comments", request, Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
    }

    private static async Task<JsonElement> CommentAsync(HttpClient client, Guid file, object comment) =>
        await (await client.PostAsJsonAsync($"/api/v1/files/{file}/comments", comment, Cancelled)).ReadAsync(HttpStatusCode.Created);
}
