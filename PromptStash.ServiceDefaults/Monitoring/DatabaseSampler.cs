using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PromptStash.BuildingBlocks;

namespace PromptStash.ServiceDefaults.Monitoring;

/// <summary>Reads PostgreSQL's figures now and then, so that collecting metrics costs no query.</summary>
internal sealed class DatabaseSampler(
    NpgsqlDataSource source,
    IEnumerable<IModuleMigrator> modules,
    IOptions<DatabaseMonitoringOptions> options,
    DatabaseMeter meter,
    ILogger<DatabaseSampler> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SampleInterval);
        do
        {
            try
            {
                await SampleAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
            {
                // The metrics keep their last values; requests and /health tell that the database is away.
                logger.LogDebug(exception, "The database's figures could not be read");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var overview = await DatabaseMonitor.GetOverviewAsync(connection, cancellationToken);
        var outboxes = new List<DatabaseMeter.OutboxLag>();
        foreach (var schema in modules.Select(module => module.Schema))
        {
            if (await ReadOutboxAsync(connection, schema, cancellationToken) is { } lag)
            {
                outboxes.Add(lag);
            }
        }

        meter.Set(new(overview, outboxes));
    }

    private static async Task<DatabaseMeter.OutboxLag?> ReadOutboxAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        // The name of a schema is one of ours. A module has the table or has it not.
        await using (var exists = new NpgsqlCommand($"SELECT to_regclass('{schema}.outbox_messages') IS NOT NULL", connection))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return null;
            }
        }

        await using var command = new NpgsqlCommand(
            $"SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(occurred_at)), 0)::float8 FROM {schema}.outbox_messages", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);

        return new(schema, reader.GetInt64(0), reader.GetDouble(1));
    }
}
