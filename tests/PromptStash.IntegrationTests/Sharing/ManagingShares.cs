using Microsoft.Extensions.Time.Testing;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class ManagingShares(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "H24: With one person by twenty requests at once makes one grant")]
    public async Task With_one_person_by_twenty_requests_at_once_makes_one_grant()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "x");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => (await ada.ShareAsync("file", file, new { email = "friend@example.com" })).StatusCode));

        await using var database = await app.OpenDatabaseAsync();
        Assert.Equal((1, 19), (statuses.Count(status => status == HttpStatusCode.Created), statuses.Count(status => status == HttpStatusCode.Conflict)));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM sharing.file_shares WHERE target_id = $1", file));
    }

    [Theory(DisplayName = "H17: With another spelling of an address meets the grant that is there")]
    [InlineData("FRIEND@example.com")]
    [InlineData("friend@EXAMPLE.com")]
    public async Task With_another_spelling_of_an_address_meets_the_grant_that_is_there(string spelling)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "x");
        await ada.GrantAsync("file", file, new { email = "friend@example.com" });

        await (await ada.ShareAsync("file", file, new { email = spelling })).ReadAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Again_with_a_person_whose_share_was_ended_makes_another()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "again.md", "x");
        var first = await ada.GrantAsync("file", file, new { email = "friend@example.com" });
        await ada.DeleteAsync($"/api/v1/shares/{first}", Cancelled);

        await (await ada.ShareAsync("file", file, new { email = "friend@example.com" })).ReadAsync(HttpStatusCode.Created);
    }

    [Theory(DisplayName = "H14: Of what is not ones own looks as if it were not there")]
    [InlineData("file")]
    [InlineData("folder")]
    [InlineData("stash")]
    public async Task Of_what_is_not_ones_own_looks_as_if_it_were_not_there(string type)
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Hers");
        var file = await ada.CreateFileAsync(stash, "folder/file.md", "x");
        var id = type switch { "file" => file, "folder" => await ada.FolderIdAsync(stash, "folder"), _ => stash };

        var response = await eve.ShareAsync(type, id, "link");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact(DisplayName = "H14: Takes the creator from the session and nothing else from the body")]
    public async Task Takes_the_creator_from_the_session_and_nothing_else_from_the_body()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "mine.md", "x");
        var other = Guid.CreateVersion7(app.Time.GetUtcNow());

        var share = await ada.GrantAsync("file", file, new { email = "friend@example.com" }, more: new { createdBy = other, fileId = other, id = other, accessCount = 99 });

        await using var database = await app.OpenDatabaseAsync();
        Assert.Equal(await ada.UserIdAsync(), await database.ScalarAsync<Guid>("SELECT created_by FROM sharing.file_shares WHERE id = $1 AND file_id = $2 AND access_count = 0", share, file));
    }

    [Fact(DisplayName = "H15: Of somebody else finds none on any route")]
    public async Task Of_somebody_else_finds_none_on_any_route()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "hers.md", "x");
        var share = (await ada.LinkAsync("file", file)).Share;

        HttpResponseMessage[] responses =
        [
            await eve.GetAsync($"/api/v1/shares/{share}", Cancelled),
            await eve.GetAsync($"/api/v1/shares/{share}/accesses", Cancelled),
            await eve.GetAsync($"/api/v1/shares?target={file}", Cancelled),
            await eve.UpdateShareAsync(share, new { disabled = true }),
            await eve.PostAsync($"/api/v1/shares/{share}/token", content: null, Cancelled),
            await eve.DeleteAsync($"/api/v1/shares/{share}", Cancelled),
        ];

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
    }

    [Fact(DisplayName = "H19: Shows the token of a link nowhere again")]
    public async Task Shows_the_token_of_a_link_nowhere_again()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "once.md", "x");
        var link = await ada.LinkAsync("file", file);

        var shown = await ada.GetStringAsync($"/api/v1/shares/{link.Share}", Cancelled)
            + await ada.GetStringAsync("/api/v1/shares/mine", Cancelled)
            + await ada.GetStringAsync($"/api/v1/shares?target={file}", Cancelled)
            + await ada.GetStringAsync($"/api/v1/shares/{link.Share}/accesses", Cancelled);

        Assert.DoesNotContain(link.Token[3..], shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_target_lists_those_that_are_not_over()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "listed.md", "x");
        var ended = await ada.LinkAsync("file", file);
        var standing = await ada.GrantAsync("file", file, new { email = "friend@example.com" });
        await ada.DeleteAsync($"/api/v1/shares/{ended.Share}", Cancelled);

        var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/shares?target={file}", Cancelled);

        Assert.Equal(standing, Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task Of_ones_own_are_listed_page_by_page()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var first = await ada.LinkAsync("stash", stash);
        await ada.LinkAsync("stash", stash);

        var page = await ada.GetFromJsonAsync<JsonElement>("/api/v1/shares/mine?limit=1", Cancelled);
        var next = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/shares/mine?limit=1&after={page.GetProperty("next").GetString()}", Cancelled);

        Assert.Equal(first.Share, next.GetProperty("items")[0].GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task By_a_filter_ends_those_that_it_holds_for_and_no_others()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "many.md", "x");
        await ada.LinkAsync("file", file);
        await ada.LinkAsync("file", file);
        var standing = await ada.GrantAsync("file", file, new { email = "friend@example.com" });

        var answer = await (await ada.DeleteAsync($"/api/v1/shares?target={file}&links=true", Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(2, answer.GetProperty("revoked").GetInt32());
        var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/shares?target={file}", Cancelled);
        Assert.Equal(standing, Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task By_twenty_requests_at_once_ends_one_once_and_tells_of_it_once()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("stash", await ada.DefaultStashAsync());

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => (await ada.RevokeAsync(link.Share)).StatusCode));

        Assert.Equal((1, 19), (statuses.Count(status => status == HttpStatusCode.NoContent), statuses.Count(status => status == HttpStatusCode.NotFound)));
        Assert.Equal(["revoke done", "create done"], await ada.LogAsync(link.Share));
    }

    [Fact(DisplayName = "H5: Whose time is over changes none, before the job that ends it has come by")]
    public async Task Whose_time_is_over_changes_none_before_the_job_that_ends_it_has_come_by()
    {
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time);
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var link = await ada.LinkAsync("stash", stash, more: new { expiresAt = time.GetUtcNow().AddMinutes(1) });
        time.Advance(TimeSpan.FromMinutes(1));

        HttpResponseMessage[] responses =
        [
            await ada.UpdateShareAsync(link.Share, new { expiresAt = time.GetUtcNow().AddHours(1) }),
            await ada.PostAsync($"/api/v1/shares/{link.Share}/token", content: null, Cancelled),
            await ada.RevokeAsync(link.Share),
        ];

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
        Assert.Empty(await ada.AllPagesAsync("shares/mine"));
        Assert.Empty((await ada.GetFromJsonAsync<JsonElement>($"/api/v1/shares?target={stash}", Cancelled)).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.OK, await ada.StatusAsync($"shares/{link.Share}"));
    }

    [Fact]
    public async Task With_a_person_loses_its_end_by_null_and_keeps_it_by_nothing()
    {
        using var ada = await app.SignInAsync();
        var share = await ada.GrantAsync("stash", await ada.DefaultStashAsync(), new { email = "friend@example.com" }, more: new { expiresAt = app.Time.GetUtcNow().AddDays(1) });

        var kept = await (await ada.UpdateShareAsync(share, new { note = "Hello" })).ReadAsync(HttpStatusCode.OK);
        var lost = await (await ada.UpdateShareAsync(share, new { expiresAt = (DateTimeOffset?)null })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal((JsonValueKind.String, JsonValueKind.Null), (kept.GetProperty("expiresAt").ValueKind, lost.GetProperty("expiresAt").ValueKind));
    }

    [Fact]
    public async Task By_link_keeps_an_end()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("stash", await ada.DefaultStashAsync());

        await (await ada.UpdateShareAsync(link.Share, new { expiresAt = (DateTimeOffset?)null })).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("7.00:00:00", "30.00:00:00")]
    [InlineData(null, "90.00:00:00")]
    public async Task By_link_may_end_at_the_longest_life_and_not_a_moment_later(string? configured, string longest)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(app.Time.GetUtcNow().Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero));
        await using var api = configured is null
            ? await app.StartApiAsync(time)
            : await app.StartApiAsync(time, ("Sharing:DefaultLinkLifetime", configured), ("Sharing:MaxLinkLifetime", longest));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var latest = time.GetUtcNow() + TimeSpan.Parse(longest, System.Globalization.CultureInfo.InvariantCulture);

        await (await ada.ShareAsync("stash", stash, "link", more: new { expiresAt = latest })).ReadAsync(HttpStatusCode.Created);
        await (await ada.ShareAsync("stash", stash, "link", more: new { expiresAt = latest.AddMilliseconds(1) })).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Without_a_filter_ends_none() =>
        await (await (await app.SignInAsync()).DeleteAsync("/api/v1/shares", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);

    [Fact]
    public async Task With_a_person_whose_name_no_text_can_be_is_answered_with_400() =>
        await (await (await app.SignInAsync()).DeleteAsync("/api/v1/shares?person=%00", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);

    [Fact]
    public async Task By_link_ends_after_seven_days_where_nothing_else_is_said()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("stash", await ada.DefaultStashAsync());

        var share = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/shares/{link.Share}", Cancelled);

        Assert.Equal(TimeSpan.FromDays(7), share.GetProperty("expiresAt").GetDateTimeOffset() - share.GetProperty("createdAt").GetDateTimeOffset());
    }

    public static TheoryData<object> BadRequests =>
    [
        new { permission = "EDIT" },
        new { expiresAt = "9999-11-23T00:00:00Z" },
        new { expiresAt = "2020-01-01T00:00:00Z" },
        new { password = "short" },
        new { maxAccesses = 0 },
        new { pin = new { version = 1, label = "stable" } },
        new { pin = new { version = 99 } },
        new { with = new { email = "nobody" } },
        new { with = new { user = "019ab4c1-0f3a-7d10-8c11-5a8e2f7b9d01" } },
        new { with = new { email = "friend@example.com" }, password = "long enough" },
        new { with = "everybody" },
        new { note = "a\u0000b" },
        new { pin = new { label = "a\u0000b" } },
        new { acceptFindings = (string[])["a\u0000b"] },
        new { acceptFindings = (string[])["secret-of-no-kind"] },
    ];

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task By_a_request_that_breaks_a_rule_is_answered_with_400(object more)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "rules.md", "x");

        await (await ada.ShareAsync("file", file, "link", more: more)).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Refuses_a_limit_below_what_was_opened_already()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("stash", await ada.DefaultStashAsync());
        using var anybody = app.NewClient();
        await anybody.GetAsync(link.Path, Cancelled);
        await anybody.GetAsync(link.Path, Cancelled);

        await (await ada.UpdateShareAsync(link.Share, new { maxAccesses = 1 })).ReadAsync(HttpStatusCode.Conflict);
    }

    [Fact(DisplayName = "H18: Of a file in the trash is ended and stays so when the file comes back")]
    public async Task Of_a_file_in_the_trash_is_ended_and_stays_so_when_the_file_comes_back()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "trash.md", "x");
        var link = await ada.LinkAsync("file", file);

        await ada.DeleteAsync($"/api/v1/files/{file}", Cancelled);

        await using var database = await app.OpenDatabaseAsync();
        await Eventually.TrueAsync(() => database.HasEndedAsync(link.Share), "the link of the deleted file has ended");
        await ada.RestoreAsync(file);
        using var anybody = app.NewClient();
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync(link.Path, Cancelled)).StatusCode);
        Assert.Equal("end done", (await ada.LogAsync(link.Share))[1]);
    }

    [Fact(DisplayName = "H18: Of a file that came back from the trash outlives the news of its deletion")]
    public async Task Of_a_file_that_came_back_from_the_trash_outlives_the_news_of_its_deletion()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "back.md", "x");
        var old = await ada.LinkAsync("file", file);
        var deletedAt = time.GetUtcNow();
        await ada.RemoveAsync($"files/{file}");
        await using var database = await app.OpenDatabaseAsync(name);
        await Eventually.TrueAsync(() => database.HasEndedAsync(old.Share), "the link of the deleted file has ended");
        await ada.RestoreAsync(file);
        time.Advance(TimeSpan.FromSeconds(1));
        var link = await ada.LinkAsync("file", file);
        var suggestion = await ada.SuggestionAsync(file, 1, "y");
        var other = await ada.CreateFileAsync(stash, "other.md", "x");
        var last = await ada.LinkAsync("file", other);

        // Delivered again, and after it one that tells when it has been.
        await TellAsync(file, deletedAt);
        await TellAsync(other, time.GetUtcNow());
        await Eventually.TrueAsync(() => database.HasEndedAsync(last.Share), "the news has come");

        Assert.False(await database.HasEndedAsync(link.Share));
        Assert.Equal("OPEN", (await ada.SuggestionAsync(suggestion)).GetProperty("suggestion").Text("status"));

        Task TellAsync(Guid of, DateTimeOffset at)
        {
            var id = Guid.CreateVersion7(time.GetUtcNow());
            time.Advance(TimeSpan.FromMilliseconds(10));

            return database.ExecuteAsync(
                """
                INSERT INTO stashes.outbox_messages (id, type, payload, occurred_at, attempts, not_before)
                VALUES ($1, 'stashes.files-deleted.v1', $2::jsonb, $3, 0, $3)
                """, id, JsonSerializer.Serialize(new { fileIds = (Guid[])[of], deletedAt = at }), at);
        }
    }
}
