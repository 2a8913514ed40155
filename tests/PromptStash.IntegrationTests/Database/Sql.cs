using Npgsql;

namespace PromptStash.IntegrationTests.Database;

/// <summary>Statements past the API.</summary>
internal static class Sql
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<int> ExecuteAsync(this NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = Command(connection, sql, values);

        return await command.ExecuteNonQueryAsync(Cancelled);
    }

    /// <summary>The first column of the first row; the type's default where there is no row or no value.</summary>
    public static async Task<T?> ScalarAsync<T>(this NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = Command(connection, sql, values);

        return await command.ExecuteScalarAsync(Cancelled) is T value ? value : default;
    }

    /// <summary>The first column of every row.</summary>
    public static async Task<List<string>> ColumnAsync(this NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancelled))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    /// <summary>Opens another database of the cluster, directly; its connection ends with the test.</summary>
    public static async Task<NpgsqlConnection> OpenDatabaseAsync(this PromptStashApp app, string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(app.Postgres.ConnectionString(database)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancelled);

        return connection;
    }

    /// <summary>Waits until a connection of the database stands in front of somebody else's lock.</summary>
    public static async Task SomebodyWaitsForALockAsync(this PromptStashApp app, string database)
    {
        await using var connection = await app.OpenDatabaseAsync("postgres");
        await Eventually.TrueAsync(
            async () => await connection.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock')", database),
            $"somebody waits for a lock in {database}");
    }

    /// <summary>Waits until somebody stands in front of a lock that this connection holds.</summary>
    public static async Task SomebodyWaitsForAsync(this PromptStashApp app, NpgsqlConnection holder)
    {
        await using var connection = await app.OpenDatabaseAsync("postgres");
        await Eventually.TrueAsync(
            async () => await connection.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid)))", holder.ProcessID),
            "somebody waits for a lock that the test holds");
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
