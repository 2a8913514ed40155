using System.Net.Http.Headers;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class OpeningALink(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task To_a_file_shows_its_text()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "notes/greeting.md", "Hello"));

        using var anybody = app.NewClient();
        var answer = await anybody.GetFromJsonAsync<JsonElement>(link.Path, Cancelled);

        Assert.Equal(("greeting.md", "Hello"), (answer.GetProperty("file").GetProperty("path").GetString(), answer.GetProperty("file").GetProperty("content").GetString()));
    }

    [Fact]
    public async Task To_a_folder_lists_what_lies_below_it_by_paths_that_begin_there()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Work");
        await ada.CreateFileAsync(stash, "secret/place/a.md", "A");
        await ada.CreateFileAsync(stash, "secret/place/deep/b.md", "B");
        await ada.CreateFileAsync(stash, "secret/place.md", "beside");
        await ada.CreateFileAsync(stash, "secret/place0.md", "beside");
        var link = await ada.LinkAsync("folder", await ada.FolderIdAsync(stash, "secret/place"));

        using var anybody = app.NewClient();
        var answer = await anybody.GetFromJsonAsync<JsonElement>(link.Path, Cancelled);

        Assert.Equal(["a.md", "deep/b.md"], answer.GetProperty("files").GetProperty("items").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task To_a_stash_shows_files_that_came_later_page_by_page()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Later");
        var link = await ada.LinkAsync("stash", stash);
        await ada.CreateFileAsync(stash, "a.md", "A");
        await ada.CreateFileAsync(stash, "b.md", "B");

        using var anybody = app.NewClient();
        var first = (await anybody.GetFromJsonAsync<JsonElement>($"{link.Path}?limit=1", Cancelled)).GetProperty("files");
        var second = (await anybody.GetFromJsonAsync<JsonElement>($"{link.Path}?limit=1&after={first.GetProperty("next").GetString()}", Cancelled)).GetProperty("files");

        Assert.Equal("b.md", second.GetProperty("items")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task To_a_folder_gives_a_file_below_it_and_none_beside_it()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Beside");
        await ada.CreateFileAsync(stash, "open/a.md", "A");
        await ada.CreateFileAsync(stash, "closed/b.md", "B");
        var link = await ada.LinkAsync("folder", await ada.FolderIdAsync(stash, "open"));
        using var anybody = app.NewClient();

        var inside = await anybody.GetFromJsonAsync<JsonElement>($"{link.Path}/files/a.md", Cancelled);
        var outside = await anybody.GetAsync($"{link.Path}/files/..%2Fclosed%2Fb.md", Cancelled);

        Assert.Equal(("A", HttpStatusCode.NotFound), (inside.GetProperty("content").GetString(), outside.StatusCode));
    }

    [Fact]
    public async Task As_an_archive_holds_the_files_by_paths_that_begin_there()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Zip");
        await ada.CreateFileAsync(stash, "top/a.md", "A");
        await ada.CreateFileAsync(stash, "top/deep/b.md", "B");
        var link = await ada.LinkAsync("folder", await ada.FolderIdAsync(stash, "top"));

        using var anybody = app.NewClient();
        var archive = StashClient.Unzip(await anybody.GetByteArrayAsync($"{link.Path}/export", Cancelled));

        Assert.Equal(["a.md", "deep/b.md"], archive.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pinned_to_a_version_shows_that_one_also_after_a_change()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "pinned.md", "first");
        var link = await ada.LinkAsync("file", file, more: new { pin = new { version = 1 } });
        await ada.PutContentAsync(file, "\"v1\"", "second");

        using var anybody = app.NewClient();

        Assert.Equal("first", await anybody.GetStringAsync($"{link.Path}/raw", Cancelled));
    }

    [Fact(DisplayName = "H20: Has the headers of something that is nobody's business")]
    public async Task Has_the_headers_of_something_that_is_nobodys_business()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "ünïcode.html", "<script>alert(1)</script>"));
        using var anybody = app.NewClient();

        var response = await anybody.GetAsync($"{link.Path}/raw", Cancelled);

        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        Assert.Multiple(
            () => Assert.Equal(new CacheControlHeaderValue { Private = true, NoStore = true }, response.Headers.CacheControl),
            () => Assert.Equal("no-referrer", headers["Referrer-Policy"]),
            () => Assert.Equal("noindex, nofollow", headers["X-Robots-Tag"]),
            () => Assert.Equal("nosniff", headers["X-Content-Type-Options"]),
            () => Assert.EndsWith("; sandbox", headers["Content-Security-Policy"], StringComparison.Ordinal),
            () => Assert.Equal("text/plain; charset=utf-8", headers["Content-Type"]),
            () => Assert.StartsWith("attachment;", headers["Content-Disposition"], StringComparison.Ordinal),
            () => Assert.Contains("filename*=UTF-8''%C3%BCn%C3%AFcode.html", headers["Content-Disposition"], StringComparison.Ordinal));
    }

    [Fact(DisplayName = "H7: With ten accesses lets ten of a hundred in who come at once")]
    public async Task With_ten_accesses_lets_ten_of_a_hundred_in_who_come_at_once()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "ten.md", "x"), more: new { maxAccesses = 10 });
        using var crowd = app.NewClient();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => (await crowd.GetAsync(link.Path, Cancelled)).StatusCode));

        Assert.Equal((10, 90), (statuses.Count(status => status == HttpStatusCode.OK), statuses.Count(status => status == HttpStatusCode.NotFound)));
    }

    [Fact]
    public async Task Once_lets_the_visit_read_on_when_no_access_is_left()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "once.md", "x"), more: new { maxAccesses = 1 });
        using var visitor = app.NewClient();
        await (await visitor.GetAsync(link.Path, Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("x", await visitor.GetStringAsync($"{link.Path}/raw", Cancelled));
    }

    [Fact]
    public async Task Of_which_no_access_is_left_is_shut_on_every_route_for_whoever_has_not_opened_it()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "once.md", "x"), more: new { maxAccesses = 1 });
        using var first = app.NewClient();
        await first.GetAsync(link.Path, Cancelled);
        using var second = app.NewClient();

        foreach (var part in (string[])["", "/raw", "/files/once.md", "/export"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await second.GetAsync(link.Path + part, Cancelled)).StatusCode);
        }
    }

    [Theory]
    [InlineData("GET", "/raw")]
    [InlineData("GET", "/preview")]
    [InlineData("GET", "/comments")]
    [InlineData("POST", "/comments")]
    [InlineData("POST", "/suggestions")]
    public async Task At_a_path_that_no_text_can_be_is_answered_with_400_and_not_counted(string method, string part)
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("stash", await ada.CreateStashAsync("Paths"), "COMMENT", more: new { maxAccesses = 1 });
        using var anybody = app.NewClient();

        var response = await anybody.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), $"{link.Path}{part}?path=a%00b")
            {
                Content = method == "GET" ? null : JsonContent.Create(new { name = "Grace", body = "x", content = "x", baseVersion = 1 }),
            }, Cancelled);

        await response.ReadAsync(HttpStatusCode.BadRequest);
        await (await anybody.GetAsync(link.Path, Cancelled)).ReadAsync(HttpStatusCode.OK);
    }

    [Theory(DisplayName = "H8: By a program that only previews it is neither shown nor counted")]
    [InlineData("User-Agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")]
    [InlineData("User-Agent", "facebookexternalhit/1.1")]
    [InlineData("Sec-Purpose", "prefetch;prerender")]
    public async Task By_a_program_that_only_previews_it_is_neither_shown_nor_counted(string header, string value)
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "preview.md", "x"), more: new { maxAccesses = 1 });
        using var bot = app.NewClient();
        bot.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        var preview = await bot.GetAsync(link.Path, Cancelled);
        using var reader = app.NewClient();
        var opened = await reader.GetAsync(link.Path, Cancelled);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (preview.StatusCode, opened.StatusCode));
    }

    [Theory(DisplayName = "H8: By HEAD or OPTIONS is not counted")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task By_HEAD_or_OPTIONS_is_not_counted(string method)
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "head.md", "x"), more: new { maxAccesses = 1 });
        using var reader = app.NewClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), link.Path);
        await reader.SendAsync(request, Cancelled);

        await (await reader.GetAsync(link.Path, Cancelled)).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "H1: Leaves its token nowhere in the database")]
    public async Task Leaves_its_token_nowhere_in_the_database()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "token.md", "x"));
        using var anybody = app.NewClient();
        await anybody.GetAsync(link.Path, Cancelled);
        await using var database = await app.OpenDatabaseAsync();

        var found = await database.ScalarAsync<long>(
            """
            SELECT count(*) FROM (
                SELECT to_jsonb(s)::text AS row FROM sharing.file_shares AS s WHERE s.id = $2
                UNION ALL SELECT to_jsonb(a)::text FROM sharing.share_accesses AS a WHERE a.share_id = $2
                UNION ALL SELECT to_jsonb(o)::text FROM sharing.outbox_messages AS o
                UNION ALL SELECT to_jsonb(c)::text FROM sharing.attempt_counters AS c) AS rows
            WHERE position($1 IN row) > 0
            """, link.Token, link.Share);

        Assert.Equal(0, found);
    }

    [Fact(DisplayName = "H1: Has a token of 256 bits")]
    public async Task Has_a_token_of_256_bits()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "bits.md", "x"));

        Assert.Matches("^ps_[A-Za-z0-9_-]{43}$", link.Token);
    }

    [Fact(DisplayName = "H2: Finds it by the unique index on the hash")]
    public async Task Finds_it_by_the_unique_index_on_the_hash()
    {
        await using var database = await app.OpenDatabaseAsync();
        await database.ExecuteAsync("SET enable_seqscan = off");

        var plan = await database.ColumnAsync("EXPLAIN SELECT FROM sharing.file_shares WHERE share_token = sha256('x'::bytea)");

        Assert.Contains("Index Only Scan using ix_file_shares_share_token", plan[0].Replace("Index Scan", "Index Only Scan", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "H23: Is noted in the log of the share, with what was refused")]
    public async Task Is_noted_in_the_log_of_the_share_with_what_was_refused()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "log.md", "x"));
        using var anybody = app.NewClient();
        await anybody.GetAsync(link.Path, Cancelled);
        await anybody.GetAsync($"{link.Path}/raw", Cancelled);
        await ada.DeleteAsync($"/api/v1/shares/{link.Share}", Cancelled);
        await anybody.GetAsync(link.Path, Cancelled);

        Assert.Equal(["open denied", "revoke done", "read done", "open done", "create done"], await ada.LogAsync(link.Share));
    }

    [Theory(DisplayName = "H23: Writes a log that nobody can change")]
    [InlineData("UPDATE sharing.share_accesses SET outcome = 'denied' WHERE share_id = $1")]
    [InlineData("DELETE FROM sharing.share_accesses WHERE share_id = $1")]
    public async Task Writes_a_log_that_nobody_can_change(string statement)
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "log.md", "x"));
        await using var database = await app.OpenDatabaseAsync();

        var change = () => database.ExecuteAsync(statement, link.Share);

        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(change);
        Assert.Equal(Npgsql.PostgresErrorCodes.RestrictViolation, refusal.SqlState);
        Assert.Equal(["create done"], await ada.LogAsync(link.Share));
    }

    [Fact(DisplayName = "H23: Writes a log that goes with the account of whoever made it, and not before")]
    public async Task Writes_a_log_that_goes_with_the_account_of_whoever_made_it_and_not_before()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("stash", await ada.DefaultStashAsync());
        await (await ada.RevokeAsync(link.Share)).ReadNothingAsync();
        Assert.Equal(["revoke done", "create done"], await ada.LogAsync(link.Share));

        Assert.True((await ada.PostAsJsonAsync("/api/auth/delete-user", new { password = "correct horse battery staple" }, Cancelled)).IsSuccessStatusCode);

        await using var database = await app.OpenDatabaseAsync();
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM sharing.share_accesses WHERE share_id = $1", link.Share) == 0, "the log is gone");
    }
}
