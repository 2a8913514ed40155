using Npgsql;

namespace PromptStash.MigrationService;

/// <summary>What is done to a database from outside of it: made, dropped, renamed.</summary>
internal sealed class Maintenance(DirectDatabase database, TimeProvider time)
{
    private const string MaintenanceDatabase = "postgres";
    private const int SwapAttempts = 20;
    private const int LongestName = 63; // NAMEDATALEN - 1

    /// <summary>A name beside the database's own that no other has, such as <c>promptstash_restored_20261123T141500</c>.</summary>
    public string NameBeside(string purpose)
    {
        var ending = $"_{purpose}_{time.GetUtcNow():yyyyMMdd'T'HHmmssfff}";

        return database.Name[..Math.Min(database.Name.Length, LongestName - ending.Length)] + ending;
    }

    /// <summary>The connection to a database beside the configured one.</summary>
    public NpgsqlConnectionStringBuilder SettingsFor(string name)
    {
        var settings = database.Settings;
        settings.Database = name;

        return settings;
    }

    public Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => database.OpenAsync(MaintenanceDatabase, cancellationToken);

    /// <summary>Makes an empty database with the encoding and locale of the one that was saved: what case is, and so what is unique, hangs on it.</summary>
    public static Task CreateAsync(NpgsqlConnection connection, string name, DatabaseLocale like, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"CREATE DATABASE {Sql.Quote(name)} TEMPLATE template0 {like.Clauses}", cancellationToken);

    public static Task DropAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"DROP DATABASE IF EXISTS {Sql.Quote(name)} WITH (FORCE)", cancellationToken);

    /// <summary>
    /// Puts one database in the place of another, which stays under a third name. Whoever is connected is sent away; nobody ever finds none, and
    /// whoever is killed meanwhile has changed nothing.
    /// </summary>
    public static async Task SwapAsync(NpgsqlConnection connection, string name, string replacement, string keptAs, CancellationToken cancellationToken)
    {
        for (var left = SwapAttempts; ; left--)
        {
            try
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

                // A new name waits for those who are on their way out, and makes those wait who come; one who came in between is sent away next time.
                await connection.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ($1, $2)", cancellationToken, name, replacement);
                await connection.ExecuteAsync($"ALTER DATABASE {Sql.Quote(name)} RENAME TO {Sql.Quote(keptAs)}", cancellationToken);
                await connection.ExecuteAsync($"ALTER DATABASE {Sql.Quote(replacement)} RENAME TO {Sql.Quote(name)}", cancellationToken);
                await transaction.CommitAsync(cancellationToken);

                return;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ObjectInUse && left > 1)
            {
            }
        }
    }
}
