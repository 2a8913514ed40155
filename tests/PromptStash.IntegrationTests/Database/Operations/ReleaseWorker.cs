using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PromptStash.BuildingBlocks;
using PromptStash.MigrationService;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>The product's worker, with a release of the example in the place of the product's modules.</summary>
/// <param name="connectionString">The database, past the pooler.</param>
/// <param name="settings">Settings of the worker.</param>
internal sealed class ReleaseWorker(string connectionString, params (string Name, string Value)[] settings)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Applies what is pending, by the product's migrator.</summary>
    public async Task MigrateAsync<TRelease>()
        where TRelease : PeopleRelease
    {
        using var host = Build<TRelease>();

        await host.Services.GetRequiredService<Migrator>().RunAsync(Cancelled);
    }

    /// <summary>Runs a verb, and answers its exit code.</summary>
    public Task<int> RunAsync<TRelease>(params string[] arguments)
        where TRelease : PeopleRelease =>
        MigrationHost.RunAsync(arguments, Compose<TRelease>, Cancelled);

    /// <summary>The services of the worker; whoever takes it disposes of it.</summary>
    public IHost Build<TRelease>()
        where TRelease : PeopleRelease =>
        MigrationHost.Build(Compose<TRelease>, logsToErrors: true);

    private void Compose<TRelease>(IHostApplicationBuilder builder)
        where TRelease : PeopleRelease
    {
        builder.Configuration["ConnectionStrings:promptstash-direct"] = connectionString;
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }

        builder.Logging.ClearProviders();
        builder.Services.RemoveAll<IModuleMigrator>();
        builder.Services.AddRelease<TRelease>();
    }
}
