using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Npgsql;
using PromptStash.ServiceDefaults.Monitoring;

namespace PromptStash.MigrationService.Verbs;

/// <summary>What PostgreSQL and PgBouncer know of themselves, at a glance or again and again.</summary>
internal static class Monitor
{
    private static readonly Option<int?> Watch = new("--watch") { Description = "Look again every so many seconds, until Ctrl-C; with --json, a document in each line.", HelpName = "SECONDS" };

    private static readonly Option<int> Limit = new("--limit") { Description = "How many statements, tables and indexes to list.", DefaultValueFactory = _ => 10 };

    private sealed record Pool(string Database, string User, int ClientsActive, int ClientsWaiting, int ServersActive, int ServersIdle, int LongestWaitSeconds);

    private sealed record Report(DateTimeOffset At, DatabaseOverview Overview, SlowQueries SlowQueries, Tables Tables, Connections Connections, IReadOnlyList<Pool> Pools, string? PoolsHint);

    public static Verb Create(VerbRunner runner)
    {
        Watch.Validators.Add(result => Demand(result, result.GetValueOrDefault<int?>() is null or >= 1, "--watch needs a number of seconds, at least 1."));
        Limit.Validators.Add(result => Demand(result, result.GetValueOrDefault<int>() is >= 1 and <= 1000, "--limit needs a number from 1 to 1000."));
        var verb = new Verb(
            "monitor",
            "Show slow statements, sizes of tables and indexes, unused and missing indexes, connections, locks and who waits for whom, cache hits, dead rows, and PgBouncer's pools.",
            "monitor",
            "monitor --watch 5",
            "monitor --watch 60 --json",
            "monitor --json")
        {
            Watch, Limit,
        };
        return runner.Handle(verb, RunAsync);
    }

    private static void Demand(OptionResult result, bool holds, string otherwise)
    {
        if (!holds)
        {
            result.AddError(otherwise);
        }
    }

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var seconds = run.Value(Watch);
        await using var connection = await run.Get<DirectDatabase>().OpenAsync(null, cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(seconds ?? 1));
        try
        {
            do
            {
                var report = await LookAsync(run, connection, cancellationToken);
                if (seconds is null)
                {
                    run.Output.Result(report, Describe(report, run.Value(Limit)));
                }
                else
                {
                    run.Output.NextResult(report, Describe(report, run.Value(Limit)));
                }
            }
            while (seconds is not null && await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (seconds is not null)
        {
            // Ctrl-C is how watching ends.
        }

        return ExitCodes.Done;
    }

    private static async Task<Report> LookAsync(VerbRun run, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var limit = run.Value(Limit);
        var tables = await DatabaseMonitor.GetTablesAsync(connection, cancellationToken);
        var (pools, hint) = await PoolsAsync(run, cancellationToken);

        return new(
            run.Get<TimeProvider>().GetUtcNow(),
            await DatabaseMonitor.GetOverviewAsync(connection, cancellationToken),
            await DatabaseMonitor.GetSlowQueriesAsync(connection, limit, cancellationToken),
            new([.. tables.Items.Take(limit)], [.. tables.UnusedIndexes.Take(limit)]),
            await DatabaseMonitor.GetConnectionsAsync(connection, cancellationToken),
            pools,
            hint);
    }

    private static async Task<(List<Pool> Pools, string? Hint)> PoolsAsync(VerbRun run, CancellationToken cancellationToken)
    {
        if (await run.Get<DirectDatabase>().FindPoolerAsync(cancellationToken) is not { } pooler)
        {
            return ([], null);
        }

        // database|user|cl_active|cl_waiting|...: the columns in between differ by version, so they are asked for by name.
        var rows = await run.Get<ClientTools>().AskPgBouncerAsync(pooler, "SHOW POOLS", cancellationToken, withNames: true);
        if (rows.Count < 2)
        {
            return ([], $"PgBouncer does not answer {pooler.Username}: it must be among its stats_users ('pgbouncer-config --stats-user'), and psql must be installed here.");
        }

        int Number(string[] row, string column) => Array.IndexOf(rows[0], column) is >= 0 and var index && int.TryParse(row[index], CultureInfo.InvariantCulture, out var number) ? number : 0;

        return ([.. rows.Skip(1).Select(row => new Pool(
            row[0], row[1], Number(row, "cl_active"), Number(row, "cl_waiting"), Number(row, "sv_active"), Number(row, "sv_idle"), Number(row, "maxwait")))], null);
    }

    private static string Describe(Report report, int limit)
    {
        var overview = report.Overview;
        string[] sections =
        [
            $"{report.At:u}  PostgreSQL {overview.Server}, {Size(overview.SizeBytes)}, {overview.Connections} of {overview.MaxConnections} connections, cache hits {overview.CacheHitRatio:P1}, "
            + $"{overview.Deadlocks} deadlocks, {overview.Rollbacks} rollbacks, oldest row {overview.TransactionAge:N0} transactions ago",
            "Slow statements\n" + (report.SlowQueries.Available
                ? Output.Table(
                    ["query id", "mean ms", "max ms", "calls", "rows", "operation", "statement"],
                    report.SlowQueries.Items.Select(query => new[]
                    {
                        query.QueryId, Number(query.MeanMilliseconds), Number(query.MaxMilliseconds), $"{query.Calls}", $"{query.Rows}", query.Operation, Output.Short(query.Query),
                    }))
                : $"  {report.SlowQueries.Hint}"),
            "Tables\n" + Output.Table(
                ["table", "rows", "dead", "size", "indexes", "scans", "by index", "last vacuum", ""],
                report.Tables.Items.Select(table => new[]
                {
                    table.Name, $"{table.Rows}", $"{table.DeadRows}", Size(table.TableBytes), Size(table.IndexBytes), $"{table.SequentialScans}", $"{table.IndexScans}",
                    $"{table.LastVacuum:u}", table.ProbablyMissesIndex ? "probably misses an index" : "",
                })),
            "Indexes that no query used\n" + Output.Table(
                ["index", "table", "size"], report.Tables.UnusedIndexes.Select(index => new[] { index.Name, index.Table, Size(index.Bytes) })),
            "Connections\n" + Output.Table(
                ["state", "application", "client", "count", "longest transaction"],
                report.Connections.Groups.Take(limit).Select(group => new[] { group.State, group.Application, group.Client, $"{group.Count}", group.LongestTransactionSeconds is { } age ? $"{Number(age)} s" : "" })),
            "Who waits for whom\n" + Output.Table(
                ["waits", "for s", "wants", "blocked by", "which is", "and ran"],
                report.Connections.Waits.Take(limit).Select(wait => new[] { $"{wait.Waiting}", wait.WaitedSeconds is { } waited ? Number(waited) : "", Output.Short(wait.WaitingQuery), $"{wait.Blocking}", wait.BlockingState, Output.Short(wait.BlockingQuery) })),
            .. report.PoolsHint is { } hint ? ["PgBouncer\n  " + hint] : report.Pools.Count == 0 ? Array.Empty<string>() : new[]
            {
                "PgBouncer\n" + Output.Table(
                    ["database", "user", "clients", "waiting", "servers", "idle", "longest wait s"],
                    report.Pools.Select(pool => new[] { pool.Database, pool.User, $"{pool.ClientsActive}", $"{pool.ClientsWaiting}", $"{pool.ServersActive}", $"{pool.ServersIdle}", $"{pool.LongestWaitSeconds}" })),
            },
        ];

        return string.Join("\n\n", sections) + "\n";
    }

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
    };
}
