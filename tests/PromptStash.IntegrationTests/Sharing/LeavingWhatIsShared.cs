using Microsoft.Extensions.Time.Testing;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class LeavingWhatIsShared(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_a_proven_address_leaves_nothing_to_whoever_proves_it_next()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        using var bob = await app.SignInAsync(api);
        await using var database = await app.OpenDatabaseAsync(name);
        var (email, stash) = (await bob.EmailAsync(), await ada.DefaultStashAsync());
        await VerifyAsync();
        var (before, after) = (await ada.CreateFileAsync(stash, "before.md", "x"), await ada.CreateFileAsync(stash, "after.md", "x"));
        await ada.GrantAsync("file", before, new { email });
        var other = await ada.GrantAsync("file", before, new { email = "other@example.com" });
        Assert.Single(await bob.ReceivedAsync());

        Assert.True((await bob.PostAsJsonAsync("/api/auth/delete-user", new { password = "correct horse battery staple" }, Cancelled)).IsSuccessStatusCode);
        time.Advance(TimeSpan.FromSeconds(1));
        await ada.GrantAsync("file", after, new { email });

        await Eventually.TrueAsync(
            async () => (await database.ColumnAsync("SELECT target_id::text FROM sharing.file_shares WHERE shared_with = $1", email)).SequenceEqual([after.ToString()]),
            "what was shared with the address before is gone, and what was shared since is not");
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM sharing.file_shares WHERE id = $1", other));

        async Task VerifyAsync() => await database.ScalarAsync<Guid>("UPDATE identity.users SET email_verified = true WHERE email = $1 RETURNING id", email);
    }

    [Fact]
    public async Task With_an_address_that_nobody_has_proven_takes_nothing_from_whoever_has_it()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        using var eve = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "given.md", "x");
        var (byAddress, byId) = (
            await ada.GrantAsync("file", file, new { email = await eve.EmailAsync() }), await ada.GrantAsync("file", file, await eve.AsRecipientAsync()));

        Assert.True((await eve.PostAsJsonAsync("/api/auth/delete-user", new { password = "correct horse battery staple" }, Cancelled)).IsSuccessStatusCode);

        await using var database = await app.OpenDatabaseAsync(name);
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM sharing.file_shares WHERE id = $1", byId) == 0, "what was shared with the account is gone");
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM sharing.file_shares WHERE id = $1", byAddress));
    }

    [Fact]
    public async Task Long_after_it_has_ended_keeps_neither_note_nor_address()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var ended = await ada.GrantAsync("stash", stash, new { email = "former@example.com" }, more: new { note = "Goodbye" });
        var kept = await ada.GrantAsync("stash", stash, new { email = "friend@example.com" });
        await (await ada.RevokeAsync(ended)).ReadNothingAsync();
        await using var database = await app.OpenDatabaseAsync(name);

        time.Advance(TimeSpan.FromDays(89));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM sharing.file_shares"));
        time.Advance(TimeSpan.FromDays(2));

        await Eventually.TrueAsync(
            async () => (await database.ColumnAsync("SELECT id::text FROM sharing.file_shares")).SequenceEqual([kept.ToString()]), "only the share that is not over is left");
    }
}
