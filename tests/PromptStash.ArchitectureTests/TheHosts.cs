using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PromptStash.Api;
using PromptStash.BuildingBlocks;
using PromptStash.MigrationService;
using PromptStash.ServiceDefaults;

[assembly: AssemblyFixture(typeof(PromptStash.ArchitectureTests.TheHosts))]
[assembly: AssemblyFixture(typeof(PromptStash.ArchitectureTests.ModuleDatabases))]

namespace PromptStash.ArchitectureTests;

/// <summary>The two hosts, built as they are run and not started.</summary>
public sealed class TheHosts : IAsyncDisposable
{
    private const string Database = $"ConnectionStrings:{DatabaseConnection.Name}";

    private readonly WebApplication _api = ApiHost.Create([$"--{Database}={ModuleDatabases.NowhereConnectionString}"], configure: null);

    public IServiceProvider Api => _api.Services;

    public IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. ((IEndpointRouteBuilder)_api).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()];

    /// <summary>The endpoints that are the product: no probes, no documents, and no routes that only say that there is nothing.</summary>
    public IReadOnlyList<RouteEndpoint> Operations =>
    [
        .. Endpoints
            .Where(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith("api/", StringComparison.Ordinal) is true)
            .Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>()?.ExcludeFromDescription is not true),
    ];

    public IEnumerable<string> SchemasOfTheApi => _api.Services.GetServices<IModuleMigrator>().Select(migrator => migrator.Schema);

    public static async Task<IReadOnlyList<string>> GetSchemasOfTheMigrationServiceAsync()
    {
        // It is stopped as soon as it has said what it is made of, before it looks for a database.
        using var stop = new CancellationTokenSource();
        IServiceCollection? services = null;
        var exitCode = await MigrationHost.RunAsync(
            [],
            builder =>
            {
                builder.Configuration[Database] = ModuleDatabases.NowhereConnectionString;
                builder.Configuration["Logging:LogLevel:Default"] = "None";
                builder.Configuration["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "None";
                services = builder.Services;
                stop.Cancel();
            },
            stop.Token);

        Assert.Equal(1, exitCode);
        Assert.NotNull(services);
        await using var provider = services.BuildServiceProvider();

        return [.. provider.GetServices<IModuleMigrator>().Select(migrator => migrator.Schema)];
    }

    public static string NameOf(Endpoint endpoint) => endpoint.DisplayName ?? endpoint.ToString() ?? "(an endpoint)";

    public ValueTask DisposeAsync() => _api.DisposeAsync();
}
