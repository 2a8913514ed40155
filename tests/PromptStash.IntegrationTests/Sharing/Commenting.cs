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

    [Fact]
    public async Task On_a_file_that_is_pinned_shows_what_is_said_of_that_version_only()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "pinned.md", "one\n");
        await ada.PutContentAsync(file, "\"v1\"", "two\n");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT", new { pin = new { version = 1 } });
        var link = await ada.LinkAsync("file", file, "COMMENT", new { pin = new { version = 1 } });
        await CommentAsync(ada, file, new { body = "Of the first", version = 1 });
        var later = (await CommentAsync(ada, file, new { body = "Of the second: two" })).GetProperty("id").GetGuid();
        using var grace = app.NewClient();

        var (seen, shown) = (await BodiesAsync(bob, $"/api/v1/files/{file}/comments"), await BodiesAsync(grace, $"{link.Path}/comments"));
        HttpResponseMessage[] responses =
        [
            await bob.PostAsJsonAsync($"/api/v1/files/{file}/comments", new { body = "Is it?", parentId = later }, Cancelled),
            await bob.PostAsJsonAsync($"/api/v1/files/{file}/comments", new { body = "Is it?", version = 2 }, Cancelled),
            await grace.PostAsJsonAsync($"{link.Path}/comments", new { name = "Grace", body = "Is it?", parentId = later }, Cancelled),
            await bob.PatchAsJsonAsync($"/api/v1/comments/{later}", new { resolved = true }, Cancelled),
            await bob.DeleteAsync($"/api/v1/comments/{later}", Cancelled),
        ];

        Assert.Equal((string[])["Of the first"], seen);
        Assert.Equal(seen, shown);
        Assert.Equal(
            [HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            responses.Select(response => response.StatusCode));
    }

    [Fact]
    public async Task Is_taken_back_without_the_answers_of_others_and_its_place_goes_with_the_last_of_them()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "back.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT");
        var question = (await CommentAsync(bob, file, new { body = "A secret plan?" })).GetProperty("id").GetGuid();
        var answer = (await CommentAsync(ada, file, new { body = "No.", parentId = question })).GetProperty("id").GetGuid();

        await (await bob.DeleteAsync($"/api/v1/comments/{question}", Cancelled)).ReadNothingAsync();
        var left = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/comments", Cancelled)).GetProperty("items").EnumerateArray().ToList();
        var toWhatIsGone = await ada.PostAsJsonAsync($"/api/v1/files/{file}/comments", new { body = "Still no.", parentId = question }, Cancelled);
        var again = await bob.DeleteAsync($"/api/v1/comments/{question}", Cancelled);
        await (await bob.DeleteAsync($"/api/v1/comments/{answer}", Cancelled)).ReadAsync(HttpStatusCode.Forbidden);
        await (await ada.DeleteAsync($"/api/v1/comments/{answer}", Cancelled)).ReadNothingAsync();
        await (await ada.DeleteAsync($"/api/v1/comments/{question}", Cancelled)).ReadNothingAsync();

        Assert.Equal(["", "No."], left.Select(comment => comment.Text("body")));
        Assert.Equal(
            (JsonValueKind.String, JsonValueKind.Null, JsonValueKind.Null),
            (left[0].GetProperty("deletedAt").ValueKind, left[0].GetProperty("authorId").ValueKind, left[0].GetProperty("authorName").ValueKind));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Forbidden), (toWhatIsGone.StatusCode, again.StatusCode));
        Assert.Empty(await BodiesAsync(ada, $"/api/v1/files/{file}/comments"));
    }

    [Fact]
    public async Task Leaves_no_place_when_the_author_of_the_last_answer_takes_it_back_too()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "last.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT");
        await ada.GrantAsync("file", file, await eve.AsRecipientAsync(), "COMMENT");
        var question = (await CommentAsync(bob, file, new { body = "Why?" })).GetProperty("id").GetGuid();
        var answer = (await CommentAsync(eve, file, new { body = "Because.", parentId = question })).GetProperty("id").GetGuid();

        await (await bob.DeleteAsync($"/api/v1/comments/{question}", Cancelled)).ReadNothingAsync();
        await (await eve.DeleteAsync($"/api/v1/comments/{answer}", Cancelled)).ReadNothingAsync();

        Assert.Empty(await BodiesAsync(ada, $"/api/v1/files/{file}/comments"));
    }

    [Fact]
    public async Task Goes_with_its_authors_account_and_leaves_the_answers_of_others()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "account.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT");
        var question = (await CommentAsync(bob, file, new { body = "Why?" })).GetProperty("id").GetGuid();
        await CommentAsync(ada, file, new { body = "Because.", parentId = question });
        await CommentAsync(bob, file, new { body = "And alone" });

        Assert.True((await bob.PostAsJsonAsync("/api/auth/delete-user", new { password = "correct horse battery staple" }, Cancelled)).IsSuccessStatusCode);

        await Eventually.TrueAsync(
            async () => (await BodiesAsync(ada, $"/api/v1/files/{file}/comments")).SequenceEqual(["", "Because."]), "the words are gone and the answer is there");
    }

    [Fact(DisplayName = "H12: By who may only read now is still theirs to take back, and no more")]
    public async Task By_who_may_only_read_now_is_still_theirs_to_take_back_and_no_more()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "less.md", "x");
        var share = await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT");
        var comment = (await CommentAsync(bob, file, new { body = "Mine" })).GetProperty("id").GetGuid();
        var hers = (await CommentAsync(ada, file, new { body = "Hers" })).GetProperty("id").GetGuid();
        var suggestion = await bob.SuggestionAsync(file, 1, "y");
        await (await ada.UpdateShareAsync(share, new { permission = "VIEW" })).ReadAsync(HttpStatusCode.OK);

        var changed = await bob.PatchAsJsonAsync($"/api/v1/comments/{comment}", new { body = "More" }, Cancelled);
        var removed = await bob.DeleteAsync($"/api/v1/comments/{hers}", Cancelled);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (changed.StatusCode, removed.StatusCode));
        await (await bob.DeleteAsync($"/api/v1/comments/{comment}", Cancelled)).ReadNothingAsync();
        await (await bob.WithdrawAsync(suggestion)).ReadNothingAsync();
    }

    [Fact]
    public async Task By_a_person_is_theirs_to_change_and_to_take_back()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "own.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT");
        var comment = (await CommentAsync(bob, file, new { body = "Wyh?" })).GetProperty("id").GetGuid();

        var changed = await (await bob.PatchAsJsonAsync($"/api/v1/comments/{comment}", new { body = "Why?" }, Cancelled)).ReadAsync(HttpStatusCode.OK);
        await (await bob.DeleteAsync($"/api/v1/comments/{comment}", Cancelled)).ReadNothingAsync();

        Assert.Equal("Why?", changed.Text("body"));
        Assert.Empty(await BodiesAsync(ada, $"/api/v1/files/{file}/comments"));
    }

    [Fact]
    public async Task Gives_no_address_that_nothing_is_at()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "nowhere.md", "x");

        var created = await ada.PostAsJsonAsync($"/api/v1/files/{file}/comments", new { body = "Well" }, Cancelled);

        Assert.Equal((HttpStatusCode.Created, null), (created.StatusCode, created.Headers.Location));
    }

    public static TheoryData<object> BadRequests =>
    [
        new { body = "" },
        new { body = "x", version = 7 },
        new { body = "x", lineTo = 3 },
        new { body = "x", lineFrom = 3, lineTo = 2 },
        new { body = "x", lineFrom = 0 },
        new { body = "x", lineFrom = 2 },
        new { body = "x", lineFrom = 1, lineTo = 2 },
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

    private static async Task<List<string>> BodiesAsync(HttpClient client, string path) =>
        [.. (await client.GetFromJsonAsync<JsonElement>(path, Cancelled)).GetProperty("items").EnumerateArray().Select(comment => comment.Text("body"))];

    private static async Task<JsonElement> CommentAsync(HttpClient client, Guid file, object comment) =>
        await (await client.PostAsJsonAsync($"/api/v1/files/{file}/comments", comment, Cancelled)).ReadAsync(HttpStatusCode.Created);
}
