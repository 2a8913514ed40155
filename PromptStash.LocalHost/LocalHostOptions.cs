namespace PromptStash.LocalHost;

/// <summary>What the command line and the environment ask for.</summary>
/// <param name="Port">The port of the API on 127.0.0.1; 0 for any free one.</param>
/// <param name="DataFolder">Where everything is kept.</param>
/// <param name="CacheFolder">Where a fetched PostgreSQL is kept.</param>
/// <param name="PostgresBin">The folder of PostgreSQL programs to use, or null to find one.</param>
/// <param name="UsePgBouncer">Whether the API reaches the database through PgBouncer.</param>
/// <param name="CreateDemoUser">Whether the first start creates the demo user.</param>
internal sealed record LocalHostOptions(
    int Port, string DataFolder, string CacheFolder, string? PostgresBin, bool UsePgBouncer, bool CreateDemoUser);
