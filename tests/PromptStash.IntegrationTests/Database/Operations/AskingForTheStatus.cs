namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class AskingForTheStatus(PromptStashApp app)
{
    [Fact]
    public async Task Of_a_migrated_database_finds_nothing_to_do()
    {
        var status = (await app.VerbAsync(await app.CreateMigratedDatabaseAsync(), "status", "--json")).Ends(0).Json;

        Assert.True(status.GetProperty("upToDate").GetBoolean());
        Assert.All(Schemas(status), schema => Assert.Equal(0, schema.GetProperty("drift").GetArrayLength()));
        Assert.StartsWith("PostgreSQL 1", status.GetProperty("server").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_empty_database_lists_all_migrations_as_pending()
    {
        var status = (await app.VerbAsync(await app.CreateDatabaseAsync(), "status", "--json")).Ends(4).Json;

        Assert.Equal(["identity", "stashes", "sharing"], Schemas(status).Select(schema => schema.GetProperty("name").GetString()!));
        Assert.All(Schemas(status), schema => Assert.NotEqual(0, schema.GetProperty("pending").GetArrayLength()));
    }

    [Theory]
    [InlineData("ALTER TABLE sharing.comments DROP COLUMN body", "column sharing.comments.body is missing")]
    [InlineData("ALTER TABLE stashes.tags ADD COLUMN shade text", "column stashes.tags.shade is in no model")]
    [InlineData("ALTER TABLE stashes.tags ALTER COLUMN color TYPE varchar(99)", "column stashes.tags.color is character varying(99), not")]
    [InlineData("ALTER TABLE identity.users ALTER COLUMN name DROP NOT NULL", "column identity.users.name may be null")]
    [InlineData("CREATE TABLE stashes.leftover (id int)", "table stashes.leftover is in no model")]
    public async Task Of_a_database_that_somebody_changed_by_hand_tells_the_difference(string change, string difference)
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync(change);

        var status = (await app.VerbAsync(database, "status", "--json")).Ends(4).Json;

        Assert.StartsWith(difference, Assert.Single(Schemas(status).SelectMany(schema => schema.GetProperty("drift").EnumerateArray())).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_database_of_a_newer_version_names_what_it_does_not_know()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync("""INSERT INTO sharing."__EFMigrationsHistory" VALUES ('29991231235959_FromTheFuture', '99.0.0')""");

        var answer = (await app.VerbAsync(database, "status")).Ends(4);

        Assert.Contains("unknown here: 29991231235959_FromTheFuture", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finds_an_invalid_index()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync("CREATE INDEX ix_tags_half ON stashes.tags (color)");
        await connection.ExecuteAsync("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'stashes.ix_tags_half'::regclass");

        var status = (await app.VerbAsync(database, "status", "--json")).Ends(4).Json;

        Assert.Equal("stashes.ix_tags_half", Assert.Single(status.GetProperty("invalidIndexes").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task Through_PgBouncer_tells_its_version()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        var answer = await Worker.RunAsync(
            app.Postgres.ConnectionString(database), [("ConnectionStrings__promptstash", app.PgBouncer.ConnectionString(database))], "status", "--json");

        Assert.StartsWith("PgBouncer 1.", answer.Ends(0).Json.GetProperty("pgBouncer").GetString(), StringComparison.Ordinal);
    }

    private static JsonElement.ArrayEnumerator Schemas(JsonElement status) => status.GetProperty("schemas").EnumerateArray();
}
