using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Trash;

/// <summary>
/// What happens to a whole stash takes as long as it takes, but in statements of a bounded size: the role's statement_timeout does not decide how
/// much a stash may hold. Here a trigger makes each file slow, so that all of them in one statement would take longer than allowed.
/// </summary>
public sealed class KeepingStatementsShort(PromptStashApp app)
{
    private const int Files = 600;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_and_purges_a_large_stash()
    {
        var (database, api) = await StartAsync();
        await using var _ = api;
        using var ada = await app.SignInAsync(api);
        var stash = await FillAsync(ada);
        await using var connection = await app.OpenDatabaseAsync(database);
        await SlowAsync(connection);

        var copy = (await (await ada.PostAsync($"stashes/{stash}/copy", new { })).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        await ada.RemoveAsync($"stashes/{stash}");
        await ada.RemoveAsync($"trash/{stash}");

        Assert.Equal(Files, (await ada.PathsAsync(copy)).Count);
        Assert.Equal(Files, await connection.ScalarAsync<long>("SELECT count(*) FROM stashes.files"));
    }

    [Fact]
    public async Task Removes_a_large_stash_with_its_owner()
    {
        var (database, api) = await StartAsync();
        await using var _ = api;
        using var ada = await app.SignInAsync(api);
        await FillAsync(ada);
        await using var connection = await app.OpenDatabaseAsync(database);
        await SlowAsync(connection);

        await (await ada.PostAsJsonAsync("/api/auth/delete-user", new { password = "correct horse battery staple" }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        await Eventually.TrueAsync(async () => await connection.ScalarAsync<long>("SELECT count(*) FROM stashes.contents") == 0, "everything of the deleted user is gone");
    }

    [Fact]
    public async Task Purges_what_others_threw_away_when_that_of_one_user_cannot_be()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        var time = TestClock.Start();
        await using var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", ConnectionTo(database, "0")));
        using var ada = await app.SignInAsync(api);
        using var bob = await app.SignInAsync(api);
        var (stuck, free) = (await ThrowAwayAsync(ada), await ThrowAwayAsync(bob));
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync(
            $"""
            CREATE FUNCTION stashes.refuse() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'Not this one'; END $function$;
            CREATE TRIGGER refuse BEFORE DELETE ON stashes.files FOR EACH ROW WHEN (OLD.id = '{stuck}') EXECUTE FUNCTION stashes.refuse();
            """);

        time.Advance(TimeSpan.FromDays(31));

        await Eventually.TrueAsync(
            async () => !await connection.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM stashes.files WHERE id = $1)", free), "what can be purged is gone");
        Assert.True(await connection.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM stashes.files WHERE id = $1)", stuck));
    }

    private static async Task<Guid> ThrowAwayAsync(HttpClient client)
    {
        var file = await client.CreateFileAsync(await client.DefaultStashAsync(), "a.md", "1");
        await client.RemoveAsync($"files/{file}");

        return file;
    }

    private async Task<(string Database, Microsoft.AspNetCore.Builder.WebApplication Api)> StartAsync()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        return (database, await app.StartApiAsync(("ConnectionStrings:promptstash", ConnectionTo(database, "4s"))));
    }

    private string ConnectionTo(string database, string timeout) =>
        new NpgsqlConnectionStringBuilder(app.Postgres.ConnectionString(database)) { MaxPoolSize = 10, Options = $"-c statement_timeout={timeout}" }.ConnectionString;

    private static async Task<Guid> FillAsync(HttpClient client)
    {
        var stash = await client.CreateStashAsync("Large");
        for (var start = 0; start < Files; start += 200)
        {
            var files = Enumerable.Range(start, 200).Select(n => ($"{n % 7}/{n}.md", $"The text of {n}")).ToArray();
            await (await client.ImportAsync(stash, StashClient.Zip(files))).ReadAsync(HttpStatusCode.OK);
        }

        return stash;
    }

    /// <summary>Six seconds and more for all of them, a third of that for two hundred.</summary>
    private static Task<int> SlowAsync(NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        CREATE FUNCTION stashes.be_slow() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN PERFORM pg_sleep(0.01); RETURN NULL; END $function$;
        CREATE TRIGGER be_slow AFTER INSERT OR DELETE ON stashes.files FOR EACH ROW EXECUTE FUNCTION stashes.be_slow();
        """);
}
