using Microsoft.Extensions.Logging.Abstractions;
using PromptStash.AppHost.Tests;

[assembly: AssemblyFixture(typeof(AppHostModel))]

namespace PromptStash.AppHost.Tests;

/// <summary>
/// The application as AppHost describes it for publishing. Nothing is started: AppHost's Main is held where it would build the
/// application, and what it has said until then can be read here.
/// </summary>
public sealed class AppHostModel : IAsyncLifetime
{
    private IDistributedApplicationTestingBuilder? _builder;

    internal IDistributedApplicationTestingBuilder Builder =>
        _builder ?? throw new InvalidOperationException("The model has not been created yet.");

    public async ValueTask InitializeAsync() =>
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.PromptStash_AppHost>(
            ["--operation", "publish", "--step", "publish"], TestContext.Current.CancellationToken);

    // The builder is left alone on purpose: disposing of it lets Main go on, and Main builds and publishes.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal T Resource<T>(string name)
        where T : IResource => Assert.Single(Builder.Resources.OfType<T>(), resource => resource.Name == name);

    /// <summary>A resource's environment; what is not known before publishing appears as <c>{resource.property}</c>.</summary>
    internal async Task<Dictionary<string, string>> EnvironmentOfAsync(IResource resource)
    {
        var configuration = await ExecutionConfigurationBuilder.Create(resource)
            .WithEnvironmentVariablesConfig()
            .BuildAsync(Builder.ExecutionContext, NullLogger.Instance, TestContext.Current.CancellationToken);
        Assert.Null(configuration.Exception);

        return new Dictionary<string, string>(configuration.EnvironmentVariables);
    }

    internal async Task<string[]> ArgumentsOfAsync(IResource resource)
    {
        var configuration = await ExecutionConfigurationBuilder.Create(resource)
            .WithArgumentsConfig()
            .BuildAsync(Builder.ExecutionContext, NullLogger.Instance, TestContext.Current.CancellationToken);
        Assert.Null(configuration.Exception);

        return [.. configuration.Arguments.Select(argument => argument.Value)];
    }

    internal static (string Resource, WaitType Type)[] WaitsOf(IResource resource) =>
        [.. resource.Annotations.OfType<WaitAnnotation>().Select(wait => (wait.Resource.Name, wait.WaitType))];

    internal static string[] ReferencesOf(IResource resource) =>
        [.. resource.Annotations.OfType<ResourceRelationshipAnnotation>()
            .Where(relationship => relationship.Type == "Reference")
            .Select(relationship => relationship.Resource.Name)];
}
