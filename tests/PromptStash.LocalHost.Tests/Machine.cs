using System.Security.Cryptography;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.PgBouncer;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;
using PromptStash.LocalHost.Tests;

[assembly: AssemblyFixture(typeof(Machine))]

namespace PromptStash.LocalHost.Tests;

/// <summary>The PostgreSQL of this machine, found once.</summary>
public sealed class Machine : IAsyncLifetime
{
    internal PostgresServer Server { get; private set; } = null!;

    internal static string CacheFolder => Environment.GetEnvironmentVariable("PROMPTSTASH_CACHE") ?? Data.CacheFolder.DefaultPath();

    public async ValueTask InitializeAsync() =>
        Server = await PostgresLocator
            .ForThisMachine(CacheFolder, await UnprivilegedUser.ChooseAsync(null, CancellationToken.None), TextWriter.Null)
            .FindAsync(Environment.GetEnvironmentVariable("PROMPTSTASH_POSTGRES_BIN"), requiredMajor: null, CancellationToken.None);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts a throw-away cluster.</summary>
    internal Task<EmbeddedPostgres> StartAsync(string folder, string password, params (string Name, string Value)[] settings) =>
        EmbeddedPostgres.StartAsync(
            Server,
            new(folder, password)
            {
                Durable = false,
                Settings = settings.ToDictionary(setting => setting.Name, setting => setting.Value),
            },
            TestContext.Current.CancellationToken);

    /// <summary>Starts a PgBouncer in front of a cluster.</summary>
    internal static Task<PgBouncerProcess> PoolAsync(
        EmbeddedPostgres postgres, string folder, string password, params (string Name, string Value)[] settings)
    {
        Assert.SkipWhen(PgBouncerProcess.FindProgram() is null, "PgBouncer is not installed.");
        return PgBouncerProcess.StartAsync(
            postgres,
            new(folder, password) { Settings = settings.ToDictionary(setting => setting.Name, setting => setting.Value) },
            TestContext.Current.CancellationToken);
    }

    internal static string NewPassword() => RandomNumberGenerator.GetHexString(32);
}
