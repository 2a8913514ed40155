using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PromptStash.BuildingBlocks;

namespace PromptStash.ServiceDefaults;

/// <summary>Ready means: the database answers and has every migration that this program knows.</summary>
/// <remarks>Unknown migrations do not make it unready: a newer version is being rolled out beside this one, on a schema that both can use.</remarks>
internal sealed class DatabaseHealthCheck(IEnumerable<IModuleMigrator> migrators) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
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
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy(
                "The database cannot be reached: is the server running, and is ConnectionStrings__promptstash right?", exception);
        }
    }
}
