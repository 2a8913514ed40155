using Npgsql;

namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class RollingBack(PromptStashApp app)
{
    [Fact]
    public async Task And_migrating_again_makes_the_same_schema()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        (await app.VerbAsync(database, "rollback", "sharing", "0", "--without-backup")).Ends(0);
        var pending = (await app.VerbAsync(database, "status")).Ends(4);
        (await app.VerbAsync(database)).Ends(0);

        Assert.Contains("pending:", pending.Output, StringComparison.Ordinal);
        await Catalog.IsLikeACleanOneAsync(app, database);
    }

    [Fact(DisplayName = "F23: The last three migrations and migrating again makes the same schema and keeps what was in it")]
    public async Task The_last_three_migrations_and_migrating_again_keeps_what_was_in_it()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        (await Worker.RunAsync(app.Postgres.ConnectionString(database), [("DOTNET_ENVIRONMENT", "Development")], "seed")).Ends(0);
        await using var connection = await app.OpenDatabaseAsync(database);

        // The newest migrations are those of Sharing, where the seed has nothing.
        await connection.InsertAccessAsync(app, await connection.InsertShareAsync(app, app.NewId()));
        await connection.InsertAccessAsync(app, await connection.InsertShareAsync(app, app.NewId()));
        var before = await WhatIsInItAsync(connection);
        Assert.Equal(4, before.Count(row => row.StartsWith("sharing ", StringComparison.Ordinal)));

        foreach (var (schema, target) in await LastThreeAsync(connection))
        {
            // Who was given a default stash, and how much text files hold, is found again on the way back up, in the stashes and files themselves.
            (await app.VerbAsync(database, "rollback", schema, target, "--without-backup", "--accept-data-loss", "stashes.default_stashes,stashes.text_changes")).Ends(0);
        }

        var pending = (await app.VerbAsync(database, "status", "--json")).Ends(4);
        (await app.VerbAsync(database)).Ends(0);

        Assert.Equal(3, pending.Json.GetProperty("schemas").EnumerateArray().Sum(schema => schema.GetProperty("pending").GetArrayLength()));
        await Catalog.IsLikeACleanOneInAnyOrderAsync(app, database);
        Assert.Equal(before, await WhatIsInItAsync(connection));
    }

    [Fact]
    public async Task Where_rows_would_be_lost_is_refused_and_changes_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        var share = await connection.InsertShareAsync(app, app.NewId());

        var answer = (await app.VerbAsync(database, "rollback", "sharing", "0", "--without-backup")).Ends(3);

        Assert.Contains("--accept-data-loss sharing.file_shares", answer.Errors, StringComparison.Ordinal);
        Assert.Equal(share, await connection.ScalarAsync<Guid>("SELECT id FROM sharing.file_shares"));
    }

    [Fact]
    public async Task With_one_of_two_losing_tables_accepted_is_refused()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.InsertFileAsync(app, await connection.InsertStashAsync(app), "a.md");

        var answer = (await app.VerbAsync(database, "rollback", "stashes", "0", "--without-backup", "--accept-data-loss", "stashes.files")).Ends(3);

        Assert.Contains("stashes.stashes", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_loss_accepted_goes_through()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.InsertShareAsync(app, app.NewId());

        (await app.VerbAsync(database, "rollback", "sharing", "0", "--without-backup", "--accept-data-loss", "sharing.file_shares")).Ends(0);

        Assert.Empty(await connection.ColumnAsync("SELECT tablename::text FROM pg_tables WHERE schemaname = 'sharing' AND tablename <> '__EFMigrationsHistory'"));
    }

    [Fact]
    public async Task Keeps_its_hands_off_when_there_is_no_backup_to_be_had()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        (await app.VerbAsync(database, "rollback", "identity", "Initial", "--backup", "/no/such/folder/a.dump")).Ends(1);

        (await app.VerbAsync(database, "status")).Ends(0);
    }

    /// <summary>Of each schema that has one of the three newest migrations, the newest that is older than they.</summary>
    private static async Task<List<(string Schema, string Target)>> LastThreeAsync(NpgsqlConnection connection)
    {
        var applied = new List<(string Schema, string Migration)>();
        foreach (var schema in (string[])["identity", "stashes", "sharing"])
        {
            applied.AddRange((await connection.ColumnAsync($"SELECT migration_id FROM {schema}.\"__EFMigrationsHistory\"")).Select(migration => (schema, migration)));
        }

        applied.Sort((one, other) => string.CompareOrdinal(other.Migration, one.Migration));
        var older = applied.Skip(3).ToList();

        return applied.Take(3).Select(entry => entry.Schema).Distinct().Select(schema => older.First(entry => entry.Schema == schema)).ToList();
    }

    private static async Task<List<string>> WhatIsInItAsync(NpgsqlConnection connection) =>
    [
        .. await connection.ColumnAsync("SELECT path || ' ' || kind || ' ' || content || ' ' || coalesce(description, '') FROM stashes.files ORDER BY id"),
        .. await connection.ColumnAsync("SELECT file_id || ' ' || version || ' ' || encode(content_hash, 'hex') FROM stashes.file_versions ORDER BY file_id, version"),
        .. await connection.ColumnAsync("SELECT encode(hash, 'hex') || ' ' || encode(data, 'hex') FROM stashes.contents ORDER BY owner_id, hash"),
        .. await connection.ColumnAsync("SELECT 'given ' || user_id FROM stashes.default_stashes ORDER BY 1"),
        .. await connection.ColumnAsync("SELECT owner_id || ' holds ' || sum(bytes) FROM stashes.text_changes GROUP BY owner_id ORDER BY owner_id"),
        .. await connection.ColumnAsync("SELECT t.name || ' ' || ft.file_id FROM stashes.file_tags AS ft JOIN stashes.tags AS t ON t.id = ft.tag_id ORDER BY 1"),
        .. await connection.ColumnAsync("SELECT email || ' ' || name FROM identity.users ORDER BY id"),
        .. await connection.ColumnAsync("SELECT 'sharing ' || to_jsonb(s)::text FROM sharing.file_shares AS s ORDER BY id"),
        .. await connection.ColumnAsync("SELECT 'sharing ' || to_jsonb(a)::text FROM sharing.share_accesses AS a ORDER BY id"),
    ];
}
