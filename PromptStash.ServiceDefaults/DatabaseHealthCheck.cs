using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PromptStash.BuildingBlocks;

namespace PromptStash.ServiceDefaults;

/// <summary>Ready means: the database answers, has every migration that this program knows, and lets it read every column of them.</summary>
/// <remarks>Unknown migrations do not make it unready: a newer version is being rolled out beside this one, on a schema that both can use.</remarks>
internal sealed class DatabaseHealthCheck(NpgsqlDataSource source, IEnumerable<IModuleMigrator> migrators) : IHealthCheck
{
    private const string Unreachable = "The database cannot be reached: is the server running, and is ConnectionStrings__promptstash right?";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await PingAsync(cancellationToken);
            foreach (var migrator in migrators)
            {
                var state = await migrator.GetStateAsync(cancellationToken);
                if (state.Pending.Count > 0)
                {
                    return HealthCheckResult.Unhealthy(
                        $"{state.Pending.Count} migration(s) of schema {migrator.Schema} are pending: run PromptStash.MigrationService.");
                }

                await LookForColumnsAsync(migrator, cancellationToken);
            }

            return HealthCheckResult.Healthy("The database answers and is up to date.");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return HealthCheckResult.Unhealthy(Describe(exception), exception);
        }
    }

    /// <summary>What is wrong, and what to type. PostgreSQL's own words go to the log alone: they name tables and roles.</summary>
    private static string Describe(Exception exception) => exception is not PostgresException postgres
        ? Unreachable
        : DatabaseFaults.Describe(postgres.SqlState) ?? (postgres.SqlState.StartsWith("28", StringComparison.Ordinal) || postgres.SqlState == PostgresErrorCodes.InvalidCatalogName
            ? $"The server refuses the connection ({postgres.SqlState}): are user, password and database in ConnectionStrings__promptstash right?"
            : Unreachable);

    /// <summary>
    /// That a migration is in the history does not prove that its columns are there: somebody may have changed a table by hand. Nothing is read;
    /// a statement that names what is missing, or what this role may not read, is refused.
    /// </summary>
    private async Task LookForColumnsAsync(IModuleMigrator migrator, CancellationToken cancellationToken)
    {
        var tables = await migrator.UseAsync(db => Task.FromResult(db.Model.GetRelationalModel().Tables.Select(Nothing).ToList()));
        await using var command = source.CreateCommand(string.Join(" UNION ALL ", tables));
        await command.ExecuteNonQueryAsync(cancellationToken);

        static string Nothing(ITable table) =>
            $"SELECT FROM (SELECT {string.Join(", ", table.Columns.Select(column => $"\"{column.Name}\""))} FROM \"{table.Schema}\".\"{table.Name}\") AS t WHERE false";
    }

    /// <summary>Without the pauses between a request's retries: a probe is asked again anyway, and its asker has little patience.</summary>
    private async Task PingAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT 1");
        try
        {
            await command.ExecuteScalarAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            // Perhaps only a pooled connection from before a restart of the server; the next one is new.
            await command.ExecuteScalarAsync(cancellationToken);
        }
    }
}
