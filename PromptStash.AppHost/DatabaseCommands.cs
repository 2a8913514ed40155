using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PromptStash.AppHost;

/// <summary>What the dashboard offers to do with the database. Each is a run of the worker, whose log says what happened.</summary>
internal static class DatabaseCommands
{
    /// <summary>Adds "Migrate": runs the migrations worker once more.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> WithMigrateCommand(
        this IResourceBuilder<PostgresDatabaseResource> database, IResourceBuilder<ProjectResource> migrations) =>
        database.WithWorkerCommand("migrate", "Migrate", "Apply pending migrations.", "DatabaseArrowUp", migrations);

    /// <summary>Adds "Seed": demo users with genuine files. Run again, it changes nothing.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> WithSeedCommand(
        this IResourceBuilder<PostgresDatabaseResource> database, IResourceBuilder<ProjectResource> seed) =>
        database.WithWorkerCommand("seed", "Seed", "Create demo users and files. What is there stays.", "DatabasePlugConnected", seed);

    /// <summary>Adds "Back up": one snapshot of the database in a file.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> WithBackupCommand(
        this IResourceBuilder<PostgresDatabaseResource> database, IResourceBuilder<ProjectResource> backup) =>
        database.WithWorkerCommand(
            "backup", "Back up", "Save the database into artifacts/backups. Needs PostgreSQL's client programs on this machine.", "Save", backup);

    /// <summary>Adds "Slow queries": what PostgreSQL and PgBouncer know of statements, sizes, locks and pools.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> WithSlowQueriesCommand(
        this IResourceBuilder<PostgresDatabaseResource> database, IResourceBuilder<ProjectResource> slowQueries) =>
        database.WithWorkerCommand(
            "slow-queries", "Slow queries", "Show slow statements, sizes, unused indexes, locks and pools in the log.", "TopSpeed", slowQueries);

    /// <summary>Adds "Reset": everything is deleted, created again, migrated and filled with demo data. Asks before.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> WithResetCommand(
        this IResourceBuilder<PostgresDatabaseResource> database, IResourceBuilder<ProjectResource> reset, IResourceBuilder<ProjectResource> api) =>
        database.WithCommand(
            "reset",
            "Reset",
            context => ResetAsync(new WorkerRun(context, reset.Resource), api.Resource),
            new CommandOptions
            {
                Description = "Delete everything, create the database again, migrate it and fill it with demo data.",
                ConfirmationMessage = $"Delete everything in the database '{database.Resource.DatabaseName}'? There is no way back.",
                IconName = "DatabaseWarning",
                UpdateState = WhenHealthy,
            });

    private static IResourceBuilder<PostgresDatabaseResource> WithWorkerCommand(
        this IResourceBuilder<PostgresDatabaseResource> database,
        string name,
        string displayName,
        string description,
        string iconName,
        IResourceBuilder<ProjectResource> worker) =>
        database.WithCommand(
            name,
            displayName,
            context => new WorkerRun(context, worker.Resource).RunAsync(),
            new CommandOptions { Description = description, IconName = iconName, UpdateState = WhenHealthy });

    private static ResourceCommandState WhenHealthy(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.HealthStatus is HealthStatus.Healthy
            ? ResourceCommandState.Enabled
            : ResourceCommandState.Disabled;

    private static async Task<ExecuteCommandResult> ResetAsync(WorkerRun reset, ProjectResource api)
    {
        if (reset.IsUnderWay)
        {
            return reset.Refusal();
        }

        // The API may not outlive its database: it has cached the identifiers PostgreSQL gave the enum types of the old one.
        var commands = reset.Context.ServiceProvider.GetRequiredService<ResourceCommandService>();
        var before = reset.StateOf(api);
        if (before == KnownResourceStates.Running)
        {
            var stopped = await commands.ExecuteCommandAsync(api, KnownResourceCommands.StopCommand, reset.Context.CancellationToken);
            if (!stopped.Success)
            {
                return stopped;
            }
        }

        var outcome = await reset.RunAsync();

        // An API that somebody has stopped stays stopped; one that failed because the migrations had failed may try again.
        return !outcome.Success || (before != KnownResourceStates.Running && before != KnownResourceStates.FailedToStart)
            ? outcome
            : await commands.ExecuteCommandAsync(api, KnownResourceCommands.StartCommand, reset.Context.CancellationToken);
    }
}
