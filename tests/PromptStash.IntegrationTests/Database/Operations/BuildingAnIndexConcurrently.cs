using Npgsql;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>A migration that cannot be a transaction: what it leaves when it is stopped is there.</summary>
public sealed class BuildingAnIndexConcurrently(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "F21: That failed is done by the next run")]
    public async Task That_failed_is_done_by_the_next_run()
    {
        var (worker, database) = await PrepareAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync("INSERT INTO people.people VALUES ($1, 1, 'Ada'), ($2, 2, 'Ada')", app.NewId(), app.NewId());
        var refused = await Assert.ThrowsAsync<PostgresException>(worker.MigrateAsync<UniqueNameRelease>);
        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
        Assert.Equal(["ix_people_name (invalid)"], await IndexesAsync(connection));
        await connection.ExecuteAsync("DELETE FROM people.people WHERE number = 2");

        await worker.MigrateAsync<UniqueNameRelease>();

        Assert.Equal(["ix_people_name"], await IndexesAsync(connection));
    }

    [Fact]
    public async Task Waits_for_those_who_read_as_long_as_they_read()
    {
        var (worker, database) = await PrepareAsync(("Migration:LockTimeout", "00:00:00.100"));
        await using var connection = await app.OpenDatabaseAsync(database);
        await using var reader = await app.OpenDatabaseAsync(database);
        await using var reading = await reader.BeginTransactionAsync(Cancelled);
        await reader.ExecuteAsync("SELECT count(*) FROM people.people");

        var migrating = worker.MigrateAsync<UniqueNameRelease>();
        await Eventually.TrueAsync(
            async () => migrating.IsCompleted || await connection.ScalarAsync<bool>(
                """
                SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND query LIKE 'CREATE UNIQUE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock' AND now() - query_start > interval '1 s')
                """),
            "the migration has waited ten times as long as it may for a table");
        Assert.False(migrating.IsCompleted, migrating.Exception?.Message);
        await reading.RollbackAsync(Cancelled);
        await migrating;

        Assert.Equal(["ix_people_name"], await IndexesAsync(connection));
    }

    private async Task<(ReleaseWorker Worker, string Database)> PrepareAsync(params (string Name, string Value)[] settings)
    {
        var database = await app.CreateDatabaseAsync();
        var worker = new ReleaseWorker(app.Postgres.ConnectionString(database), settings);
        await worker.MigrateAsync<FirstRelease>();

        return (worker, database);
    }

    private static Task<List<string>> IndexesAsync(NpgsqlConnection connection) => connection.ColumnAsync(
        """
        SELECT c.relname || CASE WHEN i.indisvalid THEN '' ELSE ' (invalid)' END FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = 'people.people'::regclass AND c.relname LIKE 'ix\_people\_name%'
        """);
}
