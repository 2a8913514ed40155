using Npgsql;

namespace PromptStash.IntegrationTests.Database;

public sealed class RunningMigrations(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_time_does_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        var before = await Catalog.DescribeAsync(app, database);

        var (exitCode, output) = await RunAsync(database);

        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("applying", output, StringComparison.Ordinal);
        Assert.Equal(before, await Catalog.DescribeAsync(app, database));
    }

    [Fact]
    public async Task Tells_what_it_applies()
    {
        var database = await app.CreateDatabaseAsync();

        var (_, output) = await RunAsync(database);

        Assert.All(["identity", "stashes", "sharing"], schema => Assert.Contains($"Schema {schema}: applying", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Takes_the_database_from_an_address_too()
    {
        var database = await app.CreateDatabaseAsync();

        var (exitCode, output) = await MigrationWorker.RunAsync(null, Cancelled, ("DATABASE_URL", app.Postgres.Url(database)));

        Assert.True(exitCode == 0, output);
        await Catalog.IsLikeACleanOneAsync(app, database);
    }

    [Fact]
    public async Task Takes_an_empty_direct_setting_for_none()
    {
        var database = await app.CreateDatabaseAsync();

        var (exitCode, output) = await MigrationWorker.RunAsync(
            "", Cancelled, ("ConnectionStrings__promptstash", app.Postgres.ConnectionString(database)));

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Stops_at_a_database_of_a_newer_version_and_leaves_it_alone()
    {
        var database = await app.CreateDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync(
            """
            CREATE SCHEMA sharing;
            CREATE TABLE sharing."__EFMigrationsHistory" (migration_id varchar(150) PRIMARY KEY, product_version varchar(32) NOT NULL);
            INSERT INTO sharing."__EFMigrationsHistory" VALUES ('29991231235959_FromTheFuture', '99.0.0');
            """);

        var (exitCode, output) = await RunAsync(database);

        Assert.Equal(1, exitCode);
        Assert.Contains("29991231235959_FromTheFuture", output, StringComparison.Ordinal);
        Assert.Contains("newer version", output, StringComparison.Ordinal);
        Assert.Equal(["sharing"], await connection.ColumnAsync("SELECT nspname::text FROM pg_namespace WHERE nspname IN ('identity', 'stashes', 'sharing')"));
    }

    [Fact(DisplayName = "F21: Rebuilds an index that an interrupted build left invalid")]
    public async Task Rebuilds_an_index_that_an_interrupted_build_left_invalid()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await LeaveInvalidIndexAsync(connection, "ix_tags_color");
        await connection.ExecuteAsync("DELETE FROM stashes.tags WHERE name = 'two'");

        var (exitCode, output) = await RunAsync(database);

        Assert.True(exitCode == 0, output);
        Assert.Equal(["ix_tags_color"], await ValidIndexesAsync(connection));
    }

    [Fact(DisplayName = "F21: Fails while an index cannot be rebuilt")]
    public async Task Fails_while_an_index_cannot_be_rebuilt()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await LeaveInvalidIndexAsync(connection, "ix_tags_color");

        var (exitCode, output) = await RunAsync(database);

        Assert.Equal(1, exitCode);
        Assert.Contains("23505", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clears_away_what_failed_rebuilds_left()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await LeaveInvalidIndexAsync(connection, "ix_tags_color");
        await RunAsync(database);
        await RunAsync(database);
        await connection.ExecuteAsync("DELETE FROM stashes.tags WHERE name = 'two'");

        var (exitCode, output) = await RunAsync(database);

        Assert.True(exitCode == 0, output);
        Assert.Equal(["ix_tags_color"], await ValidIndexesAsync(connection));
    }

    [Fact]
    public async Task Does_not_revive_the_worn_out_original_of_a_rebuilt_index()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync("CREATE INDEX ix_tags_color ON stashes.tags (color)");
        await LeaveInvalidIndexAsync(connection, "ix_tags_color_ccold");
        await connection.ExecuteAsync("DELETE FROM stashes.tags WHERE name = 'two'");

        await RunAsync(database);

        Assert.Equal(["ix_tags_color"], await ValidIndexesAsync(connection));
    }

    [Fact]
    public async Task Warns_of_a_locale_that_knows_the_case_of_ASCII_only()
    {
        var database = await app.CreateDatabaseAsync();
        await using var maintenance = await app.OpenDatabaseAsync("postgres");
        await maintenance.ExecuteAsync($"DROP DATABASE {database}");
        await maintenance.ExecuteAsync($"CREATE DATABASE {database} TEMPLATE template0 LC_CTYPE 'C' LC_COLLATE 'C'");

        var (exitCode, output) = await RunAsync(database);

        Assert.True(exitCode == 0, output);
        Assert.Contains("LC_CTYPE", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Has_nothing_to_say_of_a_locale_that_knows_more()
    {
        var (_, output) = await RunAsync(await app.CreateDatabaseAsync());

        Assert.DoesNotContain("LC_CTYPE", output, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output)> RunAsync(string database) =>
        MigrationWorker.RunAsync(app.Postgres.ConnectionString(database), Cancelled);

    /// <summary>What CREATE INDEX CONCURRENTLY leaves when it meets two rows of one color.</summary>
    private async Task LeaveInvalidIndexAsync(NpgsqlConnection connection, string name)
    {
        foreach (var tag in (string[])["one", "two"])
        {
            await connection.ExecuteAsync(
                "INSERT INTO stashes.tags (id, owner_id, name, color, created_at, updated_at) VALUES ($1, $1, $2, '#336699', now(), now())", app.NewId(), tag);
        }

        await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync($"CREATE UNIQUE INDEX CONCURRENTLY {name} ON stashes.tags (color)"));
        Assert.Empty(await connection.ColumnAsync("SELECT 1::text FROM pg_index WHERE indexrelid = $1::text::regclass AND indisvalid", $"stashes.{name}"));
    }

    /// <summary>The indexes on the color, all of them; an invalid one is marked.</summary>
    private static Task<List<string>> ValidIndexesAsync(NpgsqlConnection connection) => connection.ColumnAsync(
        """
        SELECT c.relname || CASE WHEN i.indisvalid THEN '' ELSE ' (invalid)' END FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = 'stashes.tags'::regclass AND c.relname LIKE 'ix\_tags\_color%' ORDER BY 1
        """);
}
