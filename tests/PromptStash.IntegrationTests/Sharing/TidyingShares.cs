using Microsoft.Extensions.Time.Testing;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class TidyingShares(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ends_what_is_over_and_forgets_old_accesses_and_leaves_the_rest()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var link = await ada.LinkAsync("stash", stash);
        var grant = await ada.GrantAsync("stash", stash, new { email = "friend@example.com" });
        using var anybody = app.NewClient(api);
        await (await anybody.GetAsync(link.Path, Cancelled)).ReadAsync(HttpStatusCode.OK);
        await using var database = await app.OpenDatabaseAsync(name);

        time.Advance(TimeSpan.FromDays(91));

        await Eventually.TrueAsync(
            async () => await database.HasEndedAsync(link.Share) && await database.ScalarAsync<long>("SELECT count(*) FROM sharing.share_accesses WHERE action <> 'expire'") == 0,
            "the expired link has ended and its log tells of nothing else");
        Assert.False(await database.HasEndedAsync(grant));
    }

    [Fact(DisplayName = "H23: Notes in their logs why it ended them")]
    public async Task Notes_in_their_logs_why_it_ended_them()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        var (stash, purged) = (await ada.DefaultStashAsync(), await ada.CreateStashAsync("Purged"));
        var expired = await ada.LinkAsync("stash", stash, more: new { expiresAt = time.GetUtcNow().AddMinutes(1) });
        var ended = await ada.LinkAsync("stash", purged);
        await ada.RemoveAsync($"stashes/{purged}");
        await ada.RemoveAsync($"trash/{purged}");
        await using var database = await app.OpenDatabaseAsync(name);

        time.Advance(TimeSpan.FromHours(1));
        await Eventually.TrueAsync(
            async () => await database.HasEndedAsync(expired.Share) && await database.HasEndedAsync(ended.Share), "both links have ended");

        Assert.Equal(["expire done", "create done"], await ada.LogAsync(expired.Share));
        Assert.Equal(["end done", "create done"], await ada.LogAsync(ended.Share));
    }

    [Fact]
    public async Task Declines_what_was_being_decided_on_when_its_file_was_deleted_and_removes_it_with_the_file()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "claimed.md", "x");
        var suggestion = await ada.SuggestionAsync(file, 1, "y");
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync("UPDATE sharing.suggestions SET claim = id, claimed_at = $2 WHERE id = $1", suggestion, time.GetUtcNow());
        await ada.RemoveAsync($"files/{file}");
        var reason = () => database.ScalarAsync<string>("SELECT status || ': ' || coalesce(reason, '') FROM sharing.suggestions WHERE id = $1", suggestion);

        time.Advance(TimeSpan.FromHours(1));
        await Eventually.TrueAsync(async () => await reason() == "DECLINED: The file was deleted.", "the suggestion is declined");
        await ada.RemoveAsync($"trash/{file}");
        time.Advance(TimeSpan.FromHours(1));

        await Eventually.TrueAsync(async () => await reason() is null, "the suggestion is gone");
    }

    [Fact]
    public async Task Ends_what_was_granted_on_folders_and_stashes_that_were_purged_and_keeps_what_is_in_the_trash()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        var (stash, whole) = (await ada.DefaultStashAsync(), await ada.CreateStashAsync("Whole"));
        await ada.CreateFileAsync(stash, "purged/a.md", "x");
        await ada.CreateFileAsync(stash, "thrown/b.md", "x");
        var (purged, thrown) = (await ada.FolderIdAsync(stash, "purged"), await ada.FolderIdAsync(stash, "thrown"));
        var friend = new { email = "friend@example.com" };
        Guid[] ended = [await ada.GrantAsync("folder", purged, friend), (await ada.LinkAsync("stash", whole)).Share];
        Guid[] kept = [await ada.GrantAsync("folder", thrown, friend), await ada.GrantAsync("stash", stash, friend)];
        foreach (var path in (string[])[$"folders/{purged}", $"folders/{thrown}", $"stashes/{whole}"])
        {
            await ada.RemoveAsync(path);
        }

        await ada.RemoveAsync($"trash/{purged}");
        await ada.RemoveAsync($"trash/{whole}");

        time.Advance(TimeSpan.FromHours(1));

        await using var database = await app.OpenDatabaseAsync(name);
        await Eventually.TrueAsync(
            async () => await database.HasEndedAsync(ended[0]) && await database.HasEndedAsync(ended[1]), "the shares of what was purged have ended");
        Assert.Equal((false, false), (await database.HasEndedAsync(kept[0]), await database.HasEndedAsync(kept[1])));
    }

    [Fact]
    public async Task Removes_the_comments_on_files_that_were_purged_and_no_others()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var (purged, thrown) = (await ada.CreateFileAsync(stash, "purged.md", "x"), await ada.CreateFileAsync(stash, "thrown.md", "x"));
        foreach (var file in (Guid[])[purged, thrown])
        {
            await (await ada.PostAsync($"files/{file}/comments", new { body = "Well" })).ReadAsync(HttpStatusCode.Created);
            await ada.RemoveAsync($"files/{file}");
        }

        await ada.RemoveAsync($"trash/{purged}");

        time.Advance(TimeSpan.FromHours(1));

        await using var database = await app.OpenDatabaseAsync(name);
        await Eventually.TrueAsync(
            async () => (await database.ColumnAsync("SELECT file_id::text FROM sharing.comments")).SequenceEqual([thrown.ToString()]),
            "only the comment on what lies in the trash is left");
    }
}
