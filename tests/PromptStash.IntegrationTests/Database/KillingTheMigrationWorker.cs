using System.Diagnostics;
using Npgsql;

namespace PromptStash.IntegrationTests.Database;

public sealed class KillingTheMigrationWorker(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "F18: At any of five moments leaves nothing that the next run does not complete")]
    public Task At_any_of_five_moments_leaves_nothing_that_the_next_run_does_not_complete() => KillAsync(moments: 5);

    [Fact(Explicit = true, DisplayName = "F18: At any of twenty moments leaves nothing that the next run does not complete")]
    public Task At_any_of_twenty_moments_leaves_nothing_that_the_next_run_does_not_complete() => KillAsync(moments: 20);

    [Theory]
    [InlineData("identity")]
    [InlineData("stashes")]
    [InlineData("sharing")]
    public async Task Amid_the_migration_of_a_schema_undoes_that_one_and_the_next_run_completes_it(string schema)
    {
        var database = await app.CreateDatabaseAsync();
        await using (var obstacle = await app.OpenDatabaseAsync(database))
        {
            // A schema of this name that is not committed yet makes the worker wait, and so holds still what is killed.
            await using var transaction = await obstacle.BeginTransactionAsync(Cancelled);
            await obstacle.ExecuteAsync($"CREATE SCHEMA {schema}");
            using var worker = MigrationWorker.Start(app.Postgres.ConnectionString(database));
            await app.SomebodyWaitsForALockAsync(database);
            worker.Kill();
            await worker.WaitForExitAsync(Cancelled);
            await transaction.RollbackAsync(Cancelled);
        }

        var (exitCode, output) = await RunAsync(database);

        Assert.True(exitCode == 0, output);
        await Catalog.IsLikeACleanOneAsync(app, database);
    }

    [Fact]
    public async Task Lets_another_that_was_waiting_take_over()
    {
        var database = await app.CreateDatabaseAsync();
        await using var obstacle = await app.OpenDatabaseAsync(database);
        await using var transaction = await obstacle.BeginTransactionAsync(Cancelled);
        await obstacle.ExecuteAsync("CREATE SCHEMA stashes");
        using var first = MigrationWorker.Start(app.Postgres.ConnectionString(database));
        await app.SomebodyWaitsForALockAsync(database);

        var second = RunAsync(database);
        await IsPollingAsync(database);
        first.Kill();
        await first.WaitForExitAsync(Cancelled);
        await transaction.RollbackAsync(Cancelled);

        var (exitCode, output) = await second;
        Assert.True(exitCode == 0, output);
        await Catalog.IsLikeACleanOneAsync(app, database);
    }

    private async Task KillAsync(int moments)
    {
        var started = Stopwatch.GetTimestamp();
        var undisturbed = await RunAsync(await app.CreateDatabaseAsync());
        Assert.True(undisturbed.ExitCode == 0, undisturbed.Output);
        var fullRun = Stopwatch.GetElapsedTime(started);

        // A random moment out of each slice of a full run, so that no part of it goes untried.
        for (var slice = 0; slice < moments; slice++)
        {
            var moment = fullRun * ((slice + Random.Shared.NextDouble()) / moments);
            var database = await app.CreateDatabaseAsync();
            await KillAfterAsync(database, moment);

            var (exitCode, output) = await RunAsync(database);

            Assert.True(exitCode == 0, $"After a kill at {moment} of {fullRun}: {output}");
            await Catalog.IsLikeACleanOneAsync(app, database);
        }
    }

    private Task<(int ExitCode, string Output)> RunAsync(string database) =>
        MigrationWorker.RunAsync(app.Postgres.ConnectionString(database), Cancelled);

    private async Task KillAfterAsync(string database, TimeSpan moment)
    {
        using var worker = MigrationWorker.Start(app.Postgres.ConnectionString(database));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(moment);
        try
        {
            await worker.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!Cancelled.IsCancellationRequested)
        {
            worker.Kill();
            await worker.WaitForExitAsync(Cancelled);
        }
    }

    /// <summary>The second worker is there and has asked for the lock.</summary>
    private async Task IsPollingAsync(string database)
    {
        await using NpgsqlConnection watcher = await app.OpenDatabaseAsync("postgres");
        await Eventually.TrueAsync(
            async () => await watcher.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1 AND state = 'idle' AND query LIKE '%pg\\_try\\_advisory\\_lock%' AND backend_start > (SELECT min(backend_start) FROM pg_stat_activity WHERE datname = $1 AND query LIKE '%pg\\_try\\_advisory\\_lock%'))",
                database),
            "a second worker asks for the lock");
    }
}
