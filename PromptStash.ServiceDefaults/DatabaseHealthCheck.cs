using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PromptStash.BuildingBlocks;

namespace PromptStash.ServiceDefaults;

/// <summary>Ready means: the database answers and has every migration that this program knows.</summary>
/// <remarks>Unknown migrations do not make it unready: a newer version is being rolled out beside this one, on a schema that both can use.</remarks>
internal sealed class DatabaseHealthCheck(NpgsqlDataSource source, IEnumerable<IModuleMigrator> migrators) : IHealthCheck
{
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
            }

            return HealthCheckResult.Healthy("The database answers and is up to date.");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return HealthCheckResult.Unhealthy(
                "The database cannot be reached: is the server running, and is ConnectionStrings__promptstash right?", exception);
        }
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
