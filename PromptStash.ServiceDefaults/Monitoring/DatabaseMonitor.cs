using System.Text.RegularExpressions;
using Npgsql;

namespace PromptStash.ServiceDefaults.Monitoring;

/// <summary>Reads PostgreSQL's own statistics. A role sees of others what pg_monitor lets it; without it the texts of their statements are hidden.</summary>
public static partial class DatabaseMonitor
{
    /// <summary>Of longer statements the beginning is told.</summary>
    public const int QueryLength = 2000;

    /// <summary>The database at a glance.</summary>
    public static async Task<DatabaseOverview> GetOverviewAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await ReadAsync(
            connection,
            """
            SELECT current_setting('server_version'), pg_postmaster_start_time(), pg_database_size(d.datname),
                   s.blks_hit::float8 / nullif(s.blks_hit + s.blks_read, 0), (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend'),
                   current_setting('max_connections')::int, s.deadlocks, s.xact_rollback, s.temp_bytes, age(d.datfrozenxid)
            FROM pg_stat_database s JOIN pg_database d ON d.oid = s.datid WHERE d.datname = current_database()
            """,
            [],
            row => new DatabaseOverview(
                row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(2), Nullable<double>(row, 3), row.GetInt32(4), row.GetInt32(5),
                row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt32(9)),
            cancellationToken))[0];

    /// <summary>The statements of this database that take longest on average.</summary>
    public static async Task<SlowQueries> GetSlowQueriesAsync(NpgsqlConnection connection, int limit, CancellationToken cancellationToken)
    {
        try
        {
            return new(true, null, await ReadAsync(
                connection,
                """
                SELECT queryid::text, left(query, $2), calls, mean_exec_time, max_exec_time, total_exec_time, rows
                FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
                WHERE d.datname = current_database() AND queryid IS NOT NULL AND query NOT LIKE '%pg_stat_%'
                ORDER BY mean_exec_time DESC LIMIT $1
                """,
                [limit, QueryLength],
                row => new SlowQuery(
                    row.GetString(0), OperationOf(row.GetString(1)), row.GetString(1), row.GetInt64(2), row.GetDouble(3), row.GetDouble(4), row.GetDouble(5), row.GetInt64(6)),
                cancellationToken));
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            return new(
                false,
                "The server does not record statements here: set shared_preload_libraries = 'pg_stat_statements', restart it, and run CREATE EXTENSION pg_stat_statements (the verbs 'migrate' and 'roles' do, for an administrator).",
                []);
        }
    }

    /// <summary>Tables and indexes outside of PostgreSQL's own schemas.</summary>
    /// <remarks>
    /// Asking for a size takes the table's lock, and whoever looks because everything stands still must not join the queue: of tables that somebody
    /// has or wants for himself the size is the planner's estimate.
    /// </remarks>
    public static async Task<Tables> GetTablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => new(
        await ReadAsync(
            connection,
            """
            WITH busy AS MATERIALIZED (SELECT relation FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL)
            SELECT format('%I.%I', schemaname, s.relname), n_live_tup, n_dead_tup,
                   CASE WHEN relid IN (SELECT relation FROM busy) THEN c.relpages * 8192::bigint ELSE pg_table_size(relid) END AS table_size,
                   CASE WHEN relid IN (SELECT relation FROM busy) THEN 0 ELSE pg_indexes_size(relid) END AS index_size, seq_scan, coalesce(idx_scan, 0),
                   n_live_tup > 10000 AND seq_scan > 100 AND seq_tup_read / greatest(seq_scan, 1) > 10000 AND seq_scan > coalesce(idx_scan, 0),
                   greatest(last_vacuum, last_autovacuum), greatest(last_analyze, last_autoanalyze)
            FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = relid ORDER BY 4 DESC
            """,
            [],
            row => new TableFigures(
                row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetBoolean(7),
                Nullable<DateTimeOffset>(row, 8), Nullable<DateTimeOffset>(row, 9)),
            cancellationToken),
        await ReadAsync(
            connection,
            """
            SELECT format('%I.%I', s.schemaname, s.indexrelname), format('%I.%I', s.schemaname, s.relname), c.relpages * 8192::bigint
            FROM pg_stat_user_indexes s JOIN pg_class c ON c.oid = s.indexrelid JOIN pg_index i ON i.indexrelid = s.indexrelid
            WHERE s.idx_scan = 0 AND NOT i.indisunique AND NOT i.indisprimary ORDER BY 3 DESC
            """,
            [],
            row => new UnusedIndex(row.GetString(0), row.GetString(1), row.GetInt64(2)),
            cancellationToken));

    /// <summary>Sessions of this database, and who waits for whom.</summary>
    public static async Task<Connections> GetConnectionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => new(
        await ReadAsync(
            connection,
            """
            SELECT state, coalesce(application_name, ''), host(client_addr), count(*)::int, extract(epoch FROM max(clock_timestamp() - xact_start))::float8
            FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1, 2, 3 ORDER BY 4 DESC
            """,
            [],
            row => new ConnectionGroup(Text(row, 0), row.GetString(1), Text(row, 2), row.GetInt32(3), Nullable<double>(row, 4)),
            cancellationToken),
        await ReadAsync(
            connection,
            """
            SELECT w.pid, coalesce(left(w.query, $1), ''), extract(epoch FROM clock_timestamp() - coalesce(l.since, w.query_start))::float8, b.pid, coalesce(left(b.query, $1), ''), b.state
            FROM pg_stat_activity w
            CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS blocking (pid)
            JOIN pg_stat_activity b ON b.pid = blocking.pid
            LEFT JOIN LATERAL (SELECT min(waitstart) AS since FROM pg_locks WHERE pid = w.pid AND NOT granted) l ON true
            WHERE w.datname = current_database() ORDER BY 3 DESC NULLS LAST
            """,
            [QueryLength],
            row => new LockWait(row.GetInt32(0), row.GetString(1), Nullable<double>(row, 2), row.GetInt32(3), row.GetString(4), Text(row, 5)),
            cancellationToken));

    private static string? OperationOf(string query) => Tag.Match(query) is { Success: true } tag ? tag.Groups["name"].Value : null;

    private static T? Nullable<T>(NpgsqlDataReader row, int column)
        where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, string sql, object[] values, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    [GeneratedRegex(@"^/\* (?<name>\w+) \*/")]
    private static partial Regex Tag { get; }
}
