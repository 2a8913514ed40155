using PromptStash.LocalHost.Postgres;

namespace PromptStash.LocalHost.Tests;

/// <summary>A cluster for tests that only talk to it, started once for their class.</summary>
public sealed class SharedCluster(Machine machine) : IAsyncLifetime
{
    private readonly TempFolder _temp = new();

    internal string Password { get; } = Machine.NewPassword();

    internal EmbeddedPostgres Postgres { get; private set; } = null!;

    // An address that is not for us to give away is among the settings, to be ignored.
    public async ValueTask InitializeAsync() =>
        Postgres = await machine.StartAsync(_temp.In("postgres"), Password, ("max_connections", "37"), ("listen_addresses", "*"));

    public async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync();
        _temp.Dispose();
    }

    /// <summary>Stops the server, lets something happen meanwhile, and starts it again on its port.</summary>
    internal async Task RestartAsync(Func<Task> meanwhile)
    {
        var port = Postgres.Port;
        await Postgres.DisposeAsync();
        await meanwhile();
        Postgres = await EmbeddedPostgres.StartAsync(
            machine.Server,
            new(_temp.In("postgres"), Password) { PreferredPort = port, Durable = false },
            TestContext.Current.CancellationToken);
    }
}
