namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>A migration that needs a table which somebody reads for long.</summary>
public sealed class WaitingForATable(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "F20: Lets other readers through and succeeds when it is free")]
    public async Task Lets_other_readers_through_and_succeeds_when_it_is_free()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        (await app.VerbAsync(database, "rollback", "identity", "Initial", "--without-backup")).Ends(0);
        await using var reader = await app.OpenDatabaseAsync(database);
        await using var reading = await reader.BeginTransactionAsync(Cancelled);
        await reader.ExecuteAsync("SELECT count(*) FROM identity.users");

        using var worker = MigrationWorker.Start(app.Postgres.ConnectionString(database), ("Migration__LockTimeout", "00:00:00.500"));
        await SaysAsync(worker.StandardOutput, "trying again");

        // Whoever comes meanwhile is not kept behind the migration for good.
        await using var other = await app.OpenDatabaseAsync(database);
        await other.ExecuteAsync("SET statement_timeout = '20s'");
        Assert.Equal(0, await other.ScalarAsync<long>("SELECT count(*) FROM identity.users"));
        await reading.RollbackAsync(Cancelled);

        var rest = await worker.StandardOutput.ReadToEndAsync(Cancelled);
        await worker.WaitForExitAsync(Cancelled);
        Assert.True(worker.ExitCode == 0, rest);
    }

    [Fact]
    public async Task That_is_never_free_gives_up_and_changes_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        (await app.VerbAsync(database, "rollback", "identity", "Initial", "--without-backup")).Ends(0);
        await using var reader = await app.OpenDatabaseAsync(database);
        await using var reading = await reader.BeginTransactionAsync(Cancelled);
        await reader.ExecuteAsync("SELECT count(*) FROM identity.users");

        var answer = (await Worker.RunAsync(
            app.Postgres.ConnectionString(database), [("Migration__LockTimeout", "00:00:00.200"), ("Migration__WaitForTables", "00:00:01")])).Ends(1);

        Assert.Contains("55P03", answer.Output + answer.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await reader.ScalarAsync<long>("SELECT count(*) FROM pg_tables WHERE schemaname = 'identity' AND tablename = 'audit_events'"));
    }

    [Fact]
    public async Task To_undo_a_migration_lets_other_readers_through_too()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var reader = await app.OpenDatabaseAsync(database);
        await using var reading = await reader.BeginTransactionAsync(Cancelled);
        await reader.ExecuteAsync("SELECT count(*) FROM identity.users");

        using var worker = MigrationWorker.Start(
            app.Postgres.ConnectionString(database), ["rollback", "identity", "Initial", "--without-backup"], [("Migration__LockTimeout", "00:00:00.500")]);
        await SaysAsync(worker.StandardError, "trying again");

        await using var other = await app.OpenDatabaseAsync(database);
        await other.ExecuteAsync("SET statement_timeout = '20s'");
        Assert.Equal(0, await other.ScalarAsync<long>("SELECT count(*) FROM identity.users"));
        await reading.RollbackAsync(Cancelled);

        var rest = await worker.StandardError.ReadToEndAsync(Cancelled);
        await worker.WaitForExitAsync(Cancelled);
        Assert.True(worker.ExitCode == 0, rest);
        Assert.Single(await other.ColumnAsync("SELECT migration_id FROM identity.\"__EFMigrationsHistory\""));
    }

    private static async Task SaysAsync(StreamReader output, string text)
    {
        while (await output.ReadLineAsync(Cancelled) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The worker ended without saying '{text}'.");
    }
}
