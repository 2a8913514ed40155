namespace PromptStash.AppHost;

/// <summary>The migration worker, which has a verb for everything a database needs.</summary>
internal static class Worker
{
    /// <summary>Adds a run of the worker on the direct connection.</summary>
    public static IResourceBuilder<ProjectResource> AddWorker(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, IResourceBuilder<PostgresDatabaseResource> database) =>
        builder.AddProject<Projects.PromptStash_MigrationService>(name, launchProfileName: null)
            // The connection string alone: the reference would also give host, user and password one by one.
            .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString)
            .WithReference(database)
            .WaitFor(database);

    /// <summary>Adds a run of another verb, which starts only when somebody asks for it.</summary>
    public static IResourceBuilder<ProjectResource> AddVerb(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        IResourceBuilder<PostgresDatabaseResource> database,
        params string[] arguments) =>
        builder.AddWorker(name, database)
            .WithArgs(arguments)
            .WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName)
            .WithParentRelationship(database)
            .WithExplicitStart()
            .ExcludeFromManifest();
}
