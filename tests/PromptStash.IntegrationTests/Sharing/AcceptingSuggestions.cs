using Microsoft.Extensions.Time.Testing;
using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class AcceptingSuggestions(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_a_version_of_who_suggested_it_with_their_message()
    {
        using var ada = await app.SignInAsync();
        using var grace = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "accept.md", "one\n");
        var author = await grace.UserIdAsync();
        await using var database = await app.OpenDatabaseAsync();
        var suggestion = await StoreAsync(database, file, await ada.UserIdAsync(), author, "two\n", "Two is better");

        var accepted = await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.OK);

        var version = (await ada.VersionsAsync(file))[0];
        Assert.Equal(("ACCEPTED", 2, "two\n"), (accepted.GetProperty("status").GetString(), accepted.GetProperty("version").GetInt32(), await ada.RawAsync(file)));
        Assert.Equal((author, "Two is better"), (version.GetProperty("createdBy").GetGuid(), version.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Of_a_links_holder_makes_a_version_of_the_owner_that_names_them()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "link.md", "one\n");
        var link = await ada.LinkAsync("file", file, "COMMENT");
        using var grace = app.NewClient();
        await (await grace.SuggestAsync(link, 1, "two\n", message: "Two is better")).ReadAsync(HttpStatusCode.Created);

        await (await ada.AcceptAsync((await ada.SuggestionsAsync(file))[0].GetProperty("id").GetGuid())).ReadAsync(HttpStatusCode.OK);

        var version = (await ada.VersionsAsync(file))[0];
        Assert.Equal(
            (await ada.UserIdAsync(), "Two is better (by Grace, through a link)"),
            (version.GetProperty("createdBy").GetGuid(), version.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Of_an_old_base_merges_what_was_written_since()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "merge.md", "one\ntwo\nthree\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "one\ntwo\n3\n");
        await (await ada.PutContentAsync(file, "\"v1\"", "1\ntwo\nthree\n")).ReadAsync(HttpStatusCode.OK);

        await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("1\ntwo\n3\n", await ada.RawAsync(file));
    }

    [Fact]
    public async Task Of_lines_that_were_changed_since_names_them_and_changes_nothing()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "conflict.md", "one\ntwo\nthree\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "one\n2\nthree\n");
        await (await ada.PutContentAsync(file, "\"v1\"", "zero\none\nTWO\nthree\n")).ReadAsync(HttpStatusCode.OK);

        var problem = await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.Conflict);

        var conflict = Assert.Single(problem.GetProperty("conflicts").EnumerateArray());
        Assert.Equal(
            (2, 1, 3, 1, 2, 1),
            (Number("baseStart"), Number("baseLines"), Number("currentStart"), Number("currentLines"), Number("proposedStart"), Number("proposedLines")));
        Assert.Equal(
            (2, "OPEN"),
            ((await ada.VersionsAsync(file)).Count, (await ada.SuggestionAsync(suggestion)).GetProperty("suggestion").GetProperty("status").GetString()));

        int Number(string name) => conflict.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task After_a_conflict_is_possible_once_the_file_allows_it()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "later.md", "one\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "two\n");
        await (await ada.PutContentAsync(file, "\"v1\"", "three\n")).ReadAsync(HttpStatusCode.OK);
        await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.Conflict);
        await (await ada.PutContentAsync(file, "\"v2\"", "one\n")).ReadAsync(HttpStatusCode.OK);

        await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("two\n", await ada.RawAsync(file));
    }

    [Fact]
    public async Task Twenty_times_at_once_makes_one_version()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "once.md", "one\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "two\n");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => (await ada.AcceptAsync(suggestion)).StatusCode));

        Assert.Equal((1, 19), (statuses.Count(status => status == HttpStatusCode.OK), statuses.Count(status => status == HttpStatusCode.Conflict)));
        Assert.Equal(2, (await ada.VersionsAsync(file)).Count);
    }

    [Fact]
    public async Task And_declining_and_withdrawing_at_once_has_one_outcome()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "race.md", "0\n");
        for (var round = 0; round < 10; round++)
        {
            var before = (await ada.VersionsAsync(file)).Count;
            var suggestion = await ada.SuggestionAsync(file, before, $"{round + 1}\n");

            var responses = await Task.WhenAll(ada.AcceptAsync(suggestion), ada.DeclineAsync(suggestion), ada.WithdrawAsync(suggestion));

            Assert.Single(responses, response => response.IsSuccessStatusCode);
            var status = (await ada.SuggestionAsync(suggestion)).GetProperty("suggestion").GetProperty("status").GetString();
            Assert.Equal(status == "ACCEPTED" ? before + 1 : before, (await ada.VersionsAsync(file)).Count);
        }
    }

    [Fact]
    public async Task Of_two_suggestions_for_one_base_at_once_keeps_both()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "both.md", "one\ntwo\nthree\n");
        var first = await ada.SuggestionAsync(file, 1, "1\ntwo\nthree\n");
        var second = await ada.SuggestionAsync(file, 1, "one\ntwo\n3\n");

        var responses = await Task.WhenAll(ada.AcceptAsync(first), ada.AcceptAsync(second));

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal("1\ntwo\n3\n", await ada.RawAsync(file));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task That_a_dead_process_left_is_settled_by_whoever_comes_next(bool versionIsThere)
    {
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time);
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "dead.md", "one\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "two\n");
        if (versionIsThere)
        {
            await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.OK);
        }

        await using var database = await app.OpenDatabaseAsync();
        await database.ExecuteAsync(
            "UPDATE sharing.suggestions SET status = 'OPEN', decided_at = NULL, version = NULL, claim = gen_random_uuid(), claimed_at = $2 WHERE id = $1",
            suggestion, time.GetUtcNow());
        var during = await ada.DeclineAsync(suggestion);
        time.Advance(TimeSpan.FromMinutes(3));

        var after = await ada.DeclineAsync(suggestion);

        var status = (await ada.SuggestionAsync(suggestion)).GetProperty("suggestion").GetProperty("status").GetString();
        Assert.Equal(
            versionIsThere ? (HttpStatusCode.Conflict, HttpStatusCode.Conflict, "ACCEPTED", 2) : (HttpStatusCode.Conflict, HttpStatusCode.OK, "DECLINED", 1),
            (during.StatusCode, after.StatusCode, status, (await ada.VersionsAsync(file)).Count));
    }

    [Fact]
    public async Task That_a_dead_process_left_is_settled_by_the_hourly_job_too()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "dead.md", "one\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "two\n");
        await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.OK);
        var old = await ada.SuggestionAsync(file, 2, "three\n");
        await (await ada.DeclineAsync(old)).ReadAsync(HttpStatusCode.OK);
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync(
            "UPDATE sharing.suggestions SET status = 'OPEN', decided_at = NULL, version = NULL, claim = gen_random_uuid(), claimed_at = $2 WHERE id = $1",
            suggestion, time.GetUtcNow());

        time.Advance(TimeSpan.FromDays(91));

        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<string>("SELECT string_agg(status || ' ' || version, ', ') FROM sharing.suggestions") == "ACCEPTED 2",
            "the suggestion is accepted and the one of long ago is gone");
    }

    [Fact]
    public async Task Of_what_the_file_holds_already_makes_no_version()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "same.md", "one\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "two\n");
        await (await ada.PutContentAsync(file, "\"v1\"", "two\n")).ReadAsync(HttpStatusCode.OK);

        var accepted = await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal((2, 2), (accepted.GetProperty("version").GetInt32(), (await ada.VersionsAsync(file)).Count));
    }

    [Fact]
    public async Task Beyond_what_the_owner_may_keep_tells_use_and_limit_and_leaves_it_open()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxBytesPerUser", "100"));
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "full.md", "one\n");
        var suggestion = await ada.SuggestionAsync(file, 1, new string('x', 100));

        var problem = await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal(
            ("bytes", 4, 104, 100),
            (problem.Text("resource"), problem.GetProperty("used").GetInt32(), problem.GetProperty("needed").GetInt32(), problem.GetProperty("limit").GetInt32()));
        Assert.Equal("OPEN", (await ada.SuggestionAsync(suggestion)).GetProperty("suggestion").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Of_an_old_base_with_too_many_lines_to_merge_is_refused_and_leaves_it_open()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxMergeLines", "3"));
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "long.md", "1\n2\n3\n4\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "one\n2\n3\n4\n");
        await (await ada.PutContentAsync(file, "\"v1\"", "1\n2\n3\nfour\n")).ReadAsync(HttpStatusCode.OK);

        await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal("OPEN", (await ada.SuggestionAsync(suggestion)).GetProperty("suggestion").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Is_for_the_owner_alone_and_not_for_who_suggested_it()
    {
        using var ada = await app.SignInAsync();
        using var grace = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "hers.md", "one\n");
        await using var database = await app.OpenDatabaseAsync();
        var suggestion = await StoreAsync(database, file, await ada.UserIdAsync(), await grace.UserIdAsync(), "two\n", message: null);

        Assert.Equal(HttpStatusCode.NotFound, (await grace.AcceptAsync(suggestion)).StatusCode);
        Assert.Equal("one\n", await ada.RawAsync(file));
    }

    [Fact]
    public async Task Is_over_when_it_was_declined_with_a_word()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "no.md", "one\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "two\n");

        var declined = await (await ada.DeclineAsync(suggestion, "One is enough")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(("DECLINED", "One is enough"), (declined.GetProperty("status").GetString(), declined.GetProperty("reason").GetString()));
        await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Is_over_when_it_was_taken_back()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "back.md", "one\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "two\n");

        Assert.Equal(HttpStatusCode.NoContent, (await ada.WithdrawAsync(suggestion)).StatusCode);

        await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.Conflict);
        Assert.Equal("WITHDRAWN", Assert.Single(await ada.SuggestionsAsync(file)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Cannot_be_undone_by_taking_it_back()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "done.md", "one\n");
        var suggestion = await ada.SuggestionAsync(file, 1, "two\n");
        await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.OK);

        await (await ada.WithdrawAsync(suggestion)).ReadAsync(HttpStatusCode.Conflict);
    }

    /// <summary>A suggestion of somebody who was let to the file.</summary>
    private async Task<Guid> StoreAsync(NpgsqlConnection database, Guid file, Guid owner, Guid author, string content, string? message)
    {
        var id = Guid.CreateVersion7(app.Time.GetUtcNow());
        await database.ExecuteAsync(
            """
            INSERT INTO sharing.suggestions (id, file_id, owner_id, base_version, content, message, author_id, status, created_at)
            VALUES ($1, $2, $3, 1, $4, NULLIF($5, ''), $6, 'OPEN', $7)
            """, id, file, owner, content, message ?? "", author, app.Time.GetUtcNow());

        return id;
    }
}
