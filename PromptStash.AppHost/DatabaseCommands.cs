using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace PromptStash.AppHost;

/// <summary>What the dashboard offers to do with the database.</summary>
internal static class DatabaseCommands
{
    private static readonly TimeSpan MigrationLimit = TimeSpan.FromMinutes(5);

    /// <summary>Adds "Migrate": runs the migrations worker once more.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> WithMigrateCommand(
        this IResourceBuilder<PostgresDatabaseResource> database,
        IResourceBuilder<ProjectResource> migrations) =>
        database.WithCommand(
            "migrate",
            "Migrate",
            context => MigrateAsync(context, migrations.Resource),
            new CommandOptions
            {
                Description = "Run the migrations worker again.",
                IconName = "DatabaseArrowUp",
                UpdateState = WhenHealthy,
            });

    /// <summary>Adds "Reset database": drops the database, creates it again and migrates it.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> WithResetCommand(
        this IResourceBuilder<PostgresDatabaseResource> database,
        IResourceBuilder<ProjectResource> migrations,
        IResourceBuilder<ProjectResource> api) =>
        database.WithCommand(
            "reset",
            "Reset database",
            context => ResetAsync(context, database.Resource, migrations.Resource, api.Resource),
            new CommandOptions
            {
                Description = "Drop the database, create it again, and migrate it.",
                ConfirmationMessage = $"Delete everything in the database '{database.Resource.DatabaseName}'? There is no way back.",
                IconName = "DatabaseWarning",
                UpdateState = WhenHealthy,
            });

    private static ResourceCommandState WhenHealthy(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.HealthStatus is HealthStatus.Healthy
            ? ResourceCommandState.Enabled
            : ResourceCommandState.Disabled;

    private static async Task<ExecuteCommandResult> ResetAsync(
        ExecuteCommandContext context,
        PostgresDatabaseResource database,
        ProjectResource migrations,
        ProjectResource api)
    {
        var commands = context.ServiceProvider.GetRequiredService<ResourceCommandService>();
        var logger = context.ServiceProvider.GetRequiredService<ResourceLoggerService>().GetLogger(context.ResourceName);

        if (IsMigrating(context, migrations))
        {
            return MigrationsAreRunning();
        }

        // The API may not outlive its database: it has cached the identifiers PostgreSQL gave the enum types of the old one.
        var apiState = StateOf(context, api);
        if (apiState == KnownResourceStates.Running)
        {
            var stopped = await commands.ExecuteCommandAsync(api, KnownResourceCommands.StopCommand, context.CancellationToken);
            if (!stopped.Success)
            {
                return stopped;
            }
        }

        logger.LogInformation("Dropping the database and creating it again");
        try
        {
            await RecreateAsync(database, context.CancellationToken);
        }
        catch (NpgsqlException exception)
        {
            return CommandResults.Failure(exception);
        }

        var migrated = await MigrateAsync(context, migrations);
        if (!migrated.Success)
        {
            return migrated;
        }

        // An API that somebody has stopped stays stopped; one that failed because the migrations had failed may try again.
        return apiState != KnownResourceStates.Running && apiState != KnownResourceStates.FailedToStart
            ? migrated
            : await commands.ExecuteCommandAsync(api, KnownResourceCommands.StartCommand, context.CancellationToken);
    }

    private static async Task RecreateAsync(PostgresDatabaseResource database, CancellationToken cancellationToken)
    {
        // Directly, and to another database: neither PgBouncer nor a session inside the database could drop it.
        var server = await database.Parent.GetConnectionStringAsync(cancellationToken);
        var maintenance = new NpgsqlConnectionStringBuilder(server) { Database = "postgres", Pooling = false };

        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync(cancellationToken);

        using var quoting = new NpgsqlCommandBuilder();
        var name = quoting.QuoteIdentifier(database.DatabaseName);

        // FORCE ends the sessions PgBouncer and pgAdmin hold. Two commands, because neither may run inside a transaction,
        // and a batch would be one.
        await using (var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", connection))
        {
            await drop.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<ExecuteCommandResult> MigrateAsync(ExecuteCommandContext context, ProjectResource migrations)
    {
        if (IsMigrating(context, migrations))
        {
            return MigrationsAreRunning();
        }

        var commands = context.ServiceProvider.GetRequiredService<ResourceCommandService>();
        var notifications = context.ServiceProvider.GetRequiredService<ResourceNotificationService>();

        // The notification service answers with the state of the run before until it has heard of the new one. A run that has
        // ended has a time it ended at, and two runs never share one.
        var before = SnapshotOf(context, migrations)?.StopTimeStamp;

        var started = await commands.ExecuteCommandAsync(migrations, KnownResourceCommands.StartCommand, context.CancellationToken);
        if (!started.Success)
        {
            return started;
        }

        ResourceEvent ended;
        try
        {
            ended = await notifications
                .WaitForResourceAsync(migrations.Name, e => HasEnded(e.Snapshot, before), context.CancellationToken)
                .WaitAsync(MigrationLimit, context.CancellationToken);
        }
        catch (TimeoutException)
        {
            return CommandResults.Failure($"'{migrations.Name}' has not finished within {MigrationLimit.TotalMinutes} minutes. Its log says where it is.");
        }

        return ended.Snapshot.ExitCode is 0
            ? CommandResults.Success()
            : CommandResults.Failure($"'{migrations.Name}' failed (exit code {ended.Snapshot.ExitCode?.ToString() ?? "none"}). Its log says why.");
    }

    private static bool HasEnded(CustomResourceSnapshot snapshot, DateTime? before)
    {
        var state = snapshot.State?.Text;

        return state == KnownResourceStates.FailedToStart
            || (state is not null && KnownResourceStates.TerminalStates.Contains(state) && snapshot.StopTimeStamp != before);
    }

    private static bool IsMigrating(ExecuteCommandContext context, ProjectResource migrations) =>
        StateOf(context, migrations) is { } state
        && (state == KnownResourceStates.Waiting || state == KnownResourceStates.Starting || state == KnownResourceStates.Running);

    private static ExecuteCommandResult MigrationsAreRunning() =>
        CommandResults.Failure("The migrations are running. Try again when they have finished.");

    private static string? StateOf(ExecuteCommandContext context, ProjectResource resource) =>
        SnapshotOf(context, resource)?.State?.Text;

    private static CustomResourceSnapshot? SnapshotOf(ExecuteCommandContext context, ProjectResource resource) =>
        context.ServiceProvider.GetRequiredService<ResourceNotificationService>()
            .TryGetCurrentState(resource.Name, out var current) ? current.Snapshot : null;
}
