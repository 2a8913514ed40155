using System.Globalization;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

namespace PromptStash.IntegrationTests;

/// <summary>The PostgreSQL that the tests were asked to run on, with <c>test.sh --postgres</c>; if they were not, the one that LocalHost would take.</summary>
internal static class AskedPostgres
{
    /// <summary>Its major version; none where any will do.</summary>
    public static int? Major =>
        Environment.GetEnvironmentVariable("PROMPTSTASH_TEST_POSTGRES") is { Length: > 0 } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : null;

    /// <summary>The folder with its programs, where somebody named one.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable("PROMPTSTASH_POSTGRES_BIN") is { Length: > 0 } named ? named : null;

    /// <summary>Finds it, in exactly that version.</summary>
    public static Task<PostgresServer> FindAsync(UnprivilegedUser? user, CancellationToken cancellationToken) =>
        PostgresLocator.ForThisMachine(CacheFolder.DefaultPath(), user, TextWriter.Null).FindAsync(Folder, Major, cancellationToken);
}
