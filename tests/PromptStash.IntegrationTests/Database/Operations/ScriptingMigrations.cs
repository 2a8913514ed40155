namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class ScriptingMigrations(PromptStashApp app)
{
    [Fact]
    public async Task Forwards_makes_the_schema_that_the_worker_makes()
    {
        var database = await app.CreateDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);

        foreach (var schema in (string[])["identity", "stashes", "sharing"])
        {
            await connection.ExecuteAsync((await Worker.RunAsync("Host=127.0.0.1", [], "script", schema)).Ends(0).Output);
        }

        await Catalog.IsLikeACleanOneAsync(app, database);
    }

    [Fact]
    public async Task Back_and_forth_again_makes_the_same_schema()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);

        var newest = await connection.ScalarAsync<string>("SELECT max(migration_id) FROM sharing.\"__EFMigrationsHistory\"");

        await connection.ExecuteAsync((await Worker.RunAsync("Host=127.0.0.1", [], "script", "sharing", "--from", newest!, "--to", "0")).Ends(0).Output);
        await connection.ExecuteAsync((await Worker.RunAsync("Host=127.0.0.1", [], "script", "sharing")).Ends(0).Output);

        await Catalog.IsLikeACleanOneAsync(app, database);
    }

    [Fact]
    public async Task Of_what_is_pending_prints_it_and_changes_nothing()
    {
        var database = await app.CreateDatabaseAsync();

        var answer = (await app.VerbAsync(database, "migrate", "--dry-run")).Ends(0);

        Assert.Contains("CREATE TABLE stashes.files", answer.Output, StringComparison.Ordinal);
        await using var connection = await app.OpenDatabaseAsync(database);
        Assert.Empty(await connection.ColumnAsync("SELECT nspname::text FROM pg_namespace WHERE nspname IN ('identity', 'stashes', 'sharing')"));
    }
}
