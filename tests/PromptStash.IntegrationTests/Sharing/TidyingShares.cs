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
            async () => await database.HasEndedAsync(link.Share) && await database.ScalarAsync<long>("SELECT count(*) FROM sharing.share_accesses") == 0,
            "the expired link has ended and its log is empty");
        Assert.False(await database.HasEndedAsync(grant));
    }
}
