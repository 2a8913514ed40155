using Microsoft.Extensions.Logging.Abstractions;
using PromptStash.AppHost.Tests;

[assembly: AssemblyFixture(typeof(PublishedModel))]
[assembly: AssemblyFixture(typeof(DevelopmentModel))]

namespace PromptStash.AppHost.Tests;

/// <summary>The application as it is published.</summary>
public sealed class PublishedModel() : AppHostModel("--operation", "publish", "--step", "publish");

/// <summary>The application as a developer starts it. A password is given, because one that is made up would go into their user secrets.</summary>
public sealed class DevelopmentModel() : AppHostModel("--Parameters:postgres-password=of-nothing-that-ever-runs");

/// <summary>
/// The application as AppHost describes it. Nothing is started: AppHost's Main is held where it would build the application, and what it
/// has said until then can be read here.
/// </summary>
public abstract class AppHostModel(params string[] arguments) : IAsyncLifetime
{
    private IDistributedApplicationTestingBuilder? _builder;

    internal IDistributedApplicationTestingBuilder Builder =>
        _builder ?? throw new InvalidOperationException("The model has not been created yet.");

    public async ValueTask InitializeAsync() =>
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.PromptStash_AppHost>(
            arguments, TestContext.Current.CancellationToken);

    // The builder is left alone on purpose: disposing of it lets Main go on, and Main builds and runs.
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);

        return ValueTask.CompletedTask;
    }

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

    /// <summary>
    /// The same where addresses are given out only at the start: what is to come appears as <c>{resource.property}</c>, and nobody waits for it.
    /// </summary>
    internal Task<Dictionary<string, string?>> DescribedEnvironmentOfAsync(IResource resource) =>
        DescribedEnvironmentOfAsync(resource, Builder.ExecutionContext);

    internal static async Task<Dictionary<string, string?>> DescribedEnvironmentOfAsync(
        IResource resource, DistributedApplicationExecutionContext execution)
    {
        var context = new EnvironmentCallbackContext(
            execution, resource, cancellationToken: TestContext.Current.CancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        return context.EnvironmentVariables.ToDictionary(
            variable => variable.Key,
            variable => variable.Value is IManifestExpressionProvider described ? described.ValueExpression : variable.Value.ToString());
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
