using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class Suggesting(PromptStashApp app)
{
    // Made up, in two pieces, so that no scanner takes it for one that leaked.
    private const string Secret = "ghp_" + "q7Lw2mZx9RtK4vBn8YcD3sHf6JpG1aUeXo5T";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_nothing_of_the_file()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "still.md", "one\n");

        await ada.SuggestionAsync(file, 1, "two\n");

        Assert.Equal(("one\n", 1), (await ada.RawAsync(file), (await ada.VersionsAsync(file)).Count));
    }

    [Fact]
    public async Task Shows_the_owner_what_it_changes_of_its_base_and_of_the_file_as_it_is()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "diff.md", "one\ntwo\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "one\n2\n");
        await (await ada.PutContentAsync(file, "\"v1\"", "1\ntwo\n")).ReadAsync(HttpStatusCode.OK);

        var seen = await ada.SuggestionAsync(suggestion);

        Assert.Equal("--- a/diff.md\tv1\n+++ b/diff.md\tv2\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n", seen.GetProperty("diffToBase").GetString());
        Assert.Equal("--- a/diff.md\tv2\n+++ b/diff.md\tv3\n@@ -1,2 +1,2 @@\n-1\n-two\n+one\n+2\n", seen.GetProperty("diffToCurrent").GetString());
    }

    [Fact]
    public async Task Through_a_link_reaches_the_owner_with_the_name_that_its_author_gave()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "link.md", "one\n");
        var link = await ada.LinkAsync("file", file, "COMMENT");
        using var grace = app.NewClient();

        await (await grace.SuggestAsync(link, 1, "two\n", message: "Two is better")).ReadAsync(HttpStatusCode.Created);

        var seen = Assert.Single(await ada.SuggestionsAsync(file));
        Assert.Equal(
            ("Grace", "Two is better", JsonValueKind.Null),
            (seen.GetProperty("authorName").GetString(), seen.GetProperty("message").GetString(), seen.GetProperty("authorId").ValueKind));
    }

    [Fact]
    public async Task Through_a_link_tells_its_author_no_ids()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "ids.md", "one\n");
        var link = await ada.LinkAsync("file", file, "COMMENT");
        using var grace = app.NewClient();

        var answer = await (await grace.SuggestAsync(link, 1, "two\n")).ReadAsync(HttpStatusCode.Created);

        Assert.DoesNotContain(file.ToString(), answer.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Below_a_shared_folder_reaches_no_file_beside_it()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Suggestions");
        await ada.CreateFileAsync(stash, "open/a.md", "A");
        await ada.CreateFileAsync(stash, "closed/b.md", "B");
        var link = await ada.LinkAsync("folder", await ada.FolderIdAsync(stash, "open"), "COMMENT");
        using var grace = app.NewClient();

        var inside = await grace.SuggestAsync(link, 1, "C", path: "a.md");
        var outside = await grace.SuggestAsync(link, 1, "C", path: "../closed/b.md");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NotFound), (inside.StatusCode, outside.StatusCode));
    }

    [Fact(DisplayName = "H12: Through a link that allows VIEW looks as if it were not there")]
    public async Task Through_a_link_that_allows_VIEW_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "view.md", "x"));
        using var grace = app.NewClient();

        Assert.Equal(HttpStatusCode.NotFound, (await grace.SuggestAsync(link, 1, "y")).StatusCode);
    }

    [Fact(DisplayName = "H9: Through a link with a password needs it")]
    public async Task Through_a_link_with_a_password_needs_it()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "guarded.md", "x"), "COMMENT", new { password = "three quiet owls" });
        using var grace = app.NewClient();

        Assert.Equal(HttpStatusCode.Unauthorized, (await grace.SuggestAsync(link, 1, "y")).StatusCode);
    }

    [Fact]
    public async Task Through_a_link_to_one_version_is_for_that_one_only()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "pinned.md", "one\n");
        await (await ada.PutContentAsync(file, "\"v1\"", "two\n")).ReadAsync(HttpStatusCode.OK);
        var link = await ada.LinkAsync("file", file, "COMMENT", new { pin = new { version = 1 } });
        using var grace = app.NewClient();

        var shown = await grace.SuggestAsync(link, 1, "x\n");
        var hidden = await grace.SuggestAsync(link, 2, "x\n");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.BadRequest), (shown.StatusCode, hidden.StatusCode));
    }

    [Fact]
    public async Task Over_masked_secrets_brings_none_of_the_masks_into_the_file()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "setup.md", $"# Setup\n\nexport GITHUB_TOKEN={Secret}\n\nEnd\n");
        var link = await ada.LinkAsync("file", file, "COMMENT", new { redact = true });
        using var grace = app.NewClient();
        var shown = await grace.GetStringAsync($"{link.Path}/raw", Cancelled);

        await (await grace.SuggestAsync(link, 1, shown.Replace("End", "The end", StringComparison.Ordinal))).ReadAsync(HttpStatusCode.Created);
        await (await ada.AcceptAsync((await ada.SuggestionsAsync(file))[0].GetProperty("id").GetGuid())).ReadAsync(HttpStatusCode.OK);

        Assert.Equal($"# Setup\n\nexport GITHUB_TOKEN={Secret}\n\nThe end\n", await ada.RawAsync(file));
    }

    [Fact]
    public async Task To_change_a_masked_secret_is_refused()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "setup.md", $"export GITHUB_TOKEN={Secret}\n");
        var link = await ada.LinkAsync("file", file, "COMMENT", new { redact = true });
        using var grace = app.NewClient();

        await (await grace.SuggestAsync(link, 1, "export GITHUB_TOKEN=[redacted: secret-github-token] # mine\n")).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Through_one_link_is_for_so_many_times_an_hour()
    {
        await using var api = await app.StartApiAsync(("Sharing:LinkSuggestionsPerHour", "2"));
        using var ada = await app.SignInAsync(api);
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "flood.md", "x"), "COMMENT");
        using var grace = app.NewClient(api);

        var statuses = new List<HttpStatusCode>();
        for (var suggestion = 0; suggestion < 3; suggestion++)
        {
            statuses.Add((await grace.SuggestAsync(link, 1, $"{suggestion}")).StatusCode);
        }

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact]
    public async Task Twenty_times_at_once_leaves_no_more_open_than_may_be()
    {
        await using var api = await app.StartApiAsync(("Sharing:OpenSuggestionsPerFile", "3"));
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "many.md", "x");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number => (await ada.SuggestAsync(file, 1, $"{number}")).StatusCode));

        Assert.Equal((3, 17), (statuses.Count(status => status == HttpStatusCode.Created), statuses.Count(status => status == HttpStatusCode.Conflict)));
        Assert.Equal(3, (await ada.SuggestionsAsync(file)).Count);
    }

    [Fact]
    public async Task Of_more_than_a_suggestion_may_have_is_refused()
    {
        await using var api = await app.StartApiAsync(("Sharing:MaxSuggestionBytes", "10"));
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "size.md", "x");

        await (await ada.SuggestAsync(file, 1, "ööööö")).ReadAsync(HttpStatusCode.Created);
        await (await ada.SuggestAsync(file, 1, "öööööx")).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Of_more_than_a_file_may_have_is_refused()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxFileBytes", "10"));
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "size.md", "x");

        await (await ada.SuggestAsync(file, 1, "öööööx")).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Lists_page_by_page_and_by_what_became_of_them()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "list.md", "x");
        var first = await ada.SuggestionAsync(file, 1, "1");
        var second = await ada.SuggestionAsync(file, 1, "2");
        var third = await ada.SuggestionAsync(file, 1, "3");
        await (await ada.DeclineAsync(second)).ReadAsync(HttpStatusCode.OK);

        var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/suggestions?status=OPEN&limit=1", Cancelled);
        var rest = await ada.SuggestionsAsync(file, $"?status=OPEN&after={page.GetProperty("next").GetString()}");

        Assert.Equal((third, first), (page.GetProperty("items")[0].GetProperty("id").GetGuid(), Assert.Single(rest).GetProperty("id").GetGuid()));
    }

    [Fact(DisplayName = "H15: For somebody else's file finds nothing on any route")]
    public async Task For_somebody_elses_file_finds_nothing_on_any_route()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "hers.md", "x");
        var suggestion = await ada.SuggestionAsync(file, 1, "y");

        HttpResponseMessage[] responses =
        [
            await eve.GetAsync($"/api/v1/files/{file}/suggestions", Cancelled),
            await eve.SuggestAsync(file, 1, "z"),
            await eve.GetAsync($"/api/v1/suggestions/{suggestion}", Cancelled),
            await eve.AcceptAsync(suggestion),
            await eve.DeclineAsync(suggestion),
            await eve.WithdrawAsync(suggestion),
        ];

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
        Assert.Equal("OPEN", (await ada.SuggestionAsync(suggestion)).GetProperty("suggestion").GetProperty("status").GetString());
    }

    [Fact(DisplayName = "H18: Ends with the account whose file it is for")]
    public async Task Ends_with_the_account_whose_file_it_is_for()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "gone.md", "x");
        var suggestion = await ada.SuggestionAsync(file, 1, "y");

        Assert.True((await ada.PostAsJsonAsync("/api/auth/delete-user", new { password = "correct horse battery staple" }, Cancelled)).IsSuccessStatusCode);

        await using var database = await app.OpenDatabaseAsync();
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM sharing.suggestions WHERE id = $1", suggestion) == 0, "the suggestion is gone");
    }

    [Fact]
    public async Task For_a_file_that_is_thrown_away_is_declined_with_that_reason()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "trash.md", "x");
        var suggestion = await ada.SuggestionAsync(file, 1, "y");

        await ada.DeleteAsync($"/api/v1/files/{file}", Cancelled);

        await using var database = await app.OpenDatabaseAsync();
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>(
                "SELECT count(*) FROM sharing.suggestions WHERE id = $1 AND status = 'DECLINED' AND reason = 'The file was deleted.'", suggestion) == 1,
            "the suggestion is declined");
    }

    [Fact]
    public async Task Of_a_status_that_there_is_not_is_answered_with_400()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "status.md", "x");

        await (await ada.GetAsync($"/api/v1/files/{file}/suggestions?status=OPENED", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
    }

    public static TheoryData<object> BadRequests =>
    [
        new { baseVersion = 0, content = "x" },
        new { baseVersion = 2, content = "x" },
        new { content = "x" },
        new { baseVersion = 1 },
        new { baseVersion = 1, content = "a\u0000b" },
        new { baseVersion = 1, content = "x", message = new string('m', 301) },
        new { baseVersion = 1, content = "x", message = "a\u0007b" },
    ];

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task By_a_request_that_breaks_a_rule_is_answered_with_400(object request)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "rules.md", "x");

        await (await ada.PostAsJsonAsync($"/api/v1/files/{file}/suggestions", request, Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
    }
}
