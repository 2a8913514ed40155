using System.Globalization;
using System.Runtime.Versioning;
using PromptStash.LocalHost.Processes;

namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class WatchingTheDatabase(PromptStashApp app)
{
    [Fact]
    public async Task Shows_size_tables_connections_and_pools()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        var answer = await Worker.RunAsync(
            app.Postgres.ConnectionString(database), [("ConnectionStrings__promptstash", app.PgBouncer.ConnectionString(database))], "monitor", "--limit", "100", "--json");

        var report = answer.Ends(0).Json;
        Assert.NotEqual(0, report.GetProperty("overview").GetProperty("sizeBytes").GetInt64());
        Assert.Contains("stashes.files", report.GetProperty("tables").GetProperty("items").EnumerateArray().Select(table => table.GetProperty("name").GetString()));
        Assert.NotEqual(0, report.GetProperty("connections").GetProperty("groups").GetArrayLength());
        Assert.Contains(database, report.GetProperty("pools").EnumerateArray().Select(pool => pool.GetProperty("database").GetString()));
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("reset")]
    public async Task Shows_slow_statements_after_an_administrator_has_called(string verb)
    {
        var database = await app.CreateDatabaseAsync();
        string[] arguments = verb == "reset" ? [verb, "--yes-delete-everything", database, "--without-seed"] : [verb];
        (await app.VerbAsync(database, arguments)).Ends(0);

        var report = (await app.VerbAsync(database, "monitor", "--json")).Ends(0).Json;

        Assert.NotEqual(0, report.GetProperty("slowQueries").GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Shows_who_waits_for_whom()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var holder = await app.OpenDatabaseAsync(database);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await holder.ExecuteAsync("LOCK TABLE stashes.tags IN ACCESS EXCLUSIVE MODE");
        await using var waiter = await app.OpenDatabaseAsync(database);
        var waiting = waiter.ExecuteAsync("DELETE FROM stashes.tags");
        await app.SomebodyWaitsForALockAsync(database);

        var report = (await app.VerbAsync(database, "monitor", "--json")).Ends(0).Json;
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        await waiting;

        var wait = Assert.Single(report.GetProperty("connections").GetProperty("waits").EnumerateArray());
        Assert.Equal("DELETE FROM stashes.tags", wait.GetProperty("waitingQuery").GetString());
        Assert.Equal("idle in transaction", wait.GetProperty("blockingState").GetString());
    }

    [Fact]
    public async Task Prints_sections_for_people()
    {
        var answer = (await app.VerbAsync(await app.CreateMigratedDatabaseAsync(), "monitor")).Ends(0);

        Assert.All(["Slow statements", "Tables", "Indexes that no query used", "Connections", "Who waits for whom"], title => Assert.Contains(title, answer.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Shows_indexes_that_no_query_used_and_tables_that_miss_one()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using (var connection = await app.OpenDatabaseAsync(database))
        {
            await connection.ExecuteAsync(
                """
                CREATE TABLE crowded AS SELECT number AS id, number % 7 AS kind FROM generate_series(1, 20000) number;
                CREATE TABLE tidy AS TABLE crowded;
                CREATE INDEX never_used ON crowded (kind);
                CREATE INDEX used ON tidy (id);
                ANALYZE crowded, tidy;
                SET enable_seqscan = on;
                DO $$ BEGIN FOR i IN 1..150 LOOP
                    PERFORM count(*) FROM crowded WHERE id > 0;
                    PERFORM kind FROM tidy WHERE id = i;
                END LOOP; END $$;
                SELECT pg_stat_force_next_flush();
                """);
        }

        var json = (await app.VerbAsync(database, "monitor", "--limit", "1000", "--json")).Ends(0).Json;
        var text = (await app.VerbAsync(database, "monitor", "--limit", "1000")).Ends(0).Output.Split('\n');

        var unused = json.GetProperty("tables").GetProperty("unusedIndexes").EnumerateArray().Select(index => $"{index.GetProperty("name")} of {index.GetProperty("table")}").ToList();
        Assert.Contains("public.never_used of public.crowded", unused);
        Assert.DoesNotContain("public.used of public.tidy", unused);
        var missing = json.GetProperty("tables").GetProperty("items").EnumerateArray().Where(table => table.GetProperty("probablyMissesIndex").GetBoolean());
        Assert.Equal("public.crowded", Assert.Single(missing).GetProperty("name").GetString());
        Assert.Contains("public.crowded", Assert.Single(text, line => line.Contains("probably misses an index", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(text, line => line.Contains("public.never_used", StringComparison.Ordinal));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Again_and_again_prints_a_document_in_each_line_until_it_is_stopped()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        using var worker = MigrationWorker.Start(app.Postgres.ConnectionString(database), ["monitor", "--watch", "1", "--json"], []);
        var errors = worker.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var looks = new List<DateTimeOffset>();
        while (looks.Count < 3)
        {
            var line = await worker.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            if (line is null)
            {
                Assert.Fail(await errors);
            }

            looks.Add(JsonSerializer.Deserialize<JsonElement>(line).GetProperty("at").GetDateTimeOffset());
        }

        // Whoever stops reading stops the worker as well, which then waits to be read and not for the next look.
        var rest = worker.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var told = await Command.RunAsync("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {worker.Id}")], TestContext.Current.CancellationToken);
        Assert.True(told.Succeeded, told.Everything);
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(worker.ExitCode == 0, $"Exit code {worker.ExitCode}, not 0:\n{await rest}\n{await errors}");
        Assert.Equal(looks.Order().Distinct(), looks);
    }

    [Fact]
    public async Task Where_statements_are_not_recorded_says_what_to_do()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using (var connection = await app.OpenDatabaseAsync(database))
        {
            await connection.ExecuteAsync("DROP EXTENSION pg_stat_statements");
        }

        var report = (await app.VerbAsync(database, "monitor", "--json")).Ends(0).Json;

        Assert.Contains("CREATE EXTENSION pg_stat_statements", report.GetProperty("slowQueries").GetProperty("hint").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explains_a_recorded_statement_without_its_values()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync("SELECT count(*) FROM stashes.files WHERE stash_id = $1 AND size > $2", Guid.Empty, 47);
        var id = await connection.ScalarAsync<long>("SELECT queryid FROM pg_stat_statements WHERE query LIKE 'SELECT count(*) FROM stashes.files WHERE stash_id%'");

        var answer = (await app.VerbAsync(database, "explain", "--json", "--", $"{id}")).Ends(0);

        Assert.Contains("stashes.files", string.Join('\n', answer.Json.GetProperty("plan").EnumerateArray().Select(line => line.GetString())), StringComparison.Ordinal);
        Assert.Contains("$2", answer.Json.GetProperty("query").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explains_nothing_that_was_not_recorded()
    {
        var answer = (await app.VerbAsync(await app.CreateMigratedDatabaseAsync(), "explain", "4711")).Ends(1);

        Assert.Contains("4711", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_to_explain_what_has_no_plan_whatever_its_line_endings()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync("COMMENT\r\nON\r\nTABLE\r\nstashes.tags IS 'in four lines'");
        var id = await connection.ScalarAsync<long>("SELECT queryid FROM pg_stat_statements WHERE query LIKE 'COMMENT%ON%stashes.tags%' LIMIT 1");

        var answer = (await app.VerbAsync(database, "explain", "--", $"{id}")).Ends(1);

        Assert.Contains("this is: COMMENT ON TABLE stashes.tags", answer.Errors, StringComparison.Ordinal);
    }
}
