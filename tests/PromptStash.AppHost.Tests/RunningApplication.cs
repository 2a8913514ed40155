using System.Security.Cryptography;

namespace PromptStash.AppHost.Tests;

/// <summary>The application, really started: containers, migrations and API. Needs a container engine.</summary>
public sealed class RunningApplication : IAsyncLifetime
{
    // Pulling images is most of it, and happens once on a machine.
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);

    private DistributedApplication? _application;

    internal DistributedApplication Application =>
        _application ?? throw new InvalidOperationException("The application has not been started yet.");

    public async ValueTask InitializeAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartLimit);

        // A password of its own: otherwise one would be made up and written to the developer's user secrets.
        var password = RandomNumberGenerator.GetHexString(32);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.PromptStash_AppHost>(
            [$"--Parameters:postgres-password={password}"], limit.Token);

        // An empty database that goes away with the test, not the one the developer works with.
        var postgres = builder.CreateResourceBuilder(builder.Resources.OfType<PostgresServerResource>().Single());
        foreach (var volume in postgres.Resource.Annotations.OfType<ContainerMountAnnotation>().ToArray())
        {
            postgres.Resource.Annotations.Remove(volume);
        }

        postgres.WithLifetime(ContainerLifetime.Session);

        _application = await builder.BuildAsync(limit.Token);
        await _application.StartAsync(limit.Token);
        await _application.ResourceNotifications.WaitForResourceHealthyAsync("api", limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }
    }

    /// <summary>Somebody with a cookie jar of their own.</summary>
    internal HttpClient CreateVisitor() => new() { BaseAddress = Application.GetEndpoint("api", "http") };
}
