using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.PgBouncer;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost;

/// <summary>One run from the data folder's lock to its release. What is started later is stopped earlier: API, PgBouncer, PostgreSQL.</summary>
internal static class LocalRun
{
    public static async Task RunAsync(LocalHostOptions options, TextWriter output, CancellationToken stop)
    {
        using var folder = DataFolder.Open(options.DataFolder);
        var address = $"http://127.0.0.1:{ChoosePort(options.Port)}";
        var state = LocalState.Load(folder.StateFile);
        state.Save(folder.StateFile); // Before a cluster is made with its password.

        var user = await UnprivilegedUser.ChooseAsync(EmbeddedPostgres.ClusterIn(folder.Postgres), stop);
        if (user is not null)
        {
            await user.LetThroughAsync(folder.Path, stop);
        }

        var server = await PostgresLocator.ForThisMachine(options.CacheFolder, user, output)
            .FindAsync(options.PostgresBin, EmbeddedPostgres.MajorOf(folder.Postgres), stop);
        await using var postgres = await EmbeddedPostgres.StartAsync(
            server, new(folder.Postgres, state.DatabasePassword) { PreferredPort = state.PostgresPort }, stop);
        await using var pgBouncer = options.UsePgBouncer
            ? await PgBouncerProcess.StartAsync(
                postgres, new(folder.PgBouncer, state.DatabasePassword) { PreferredPort = state.PgBouncerPort }, stop)
            : null;
        state = state with { PostgresPort = postgres.Port, PgBouncerPort = pgBouncer?.Port ?? state.PgBouncerPort };
        state.Save(folder.StateFile);
        new ConnectionsFile(
            postgres.ConnectionString(), pgBouncer?.ConnectionString() ?? postgres.ConnectionString(), postgres.Url())
            .Save(folder.ConnectionsFile);

        using var logs = new LocalLogs(folder.Logs);
        await MigrateAsync(postgres, folder, logs, stop);

        await using var api = Composition.CreateApi(
            new(address, pgBouncer?.ConnectionString() ?? postgres.ConnectionString(), folder.Mail), logs.Configure);
        await StartAsync(api, address, stop);

        string? demoPassword = null;
        if (!state.FirstStartDone)
        {
            demoPassword = options.CreateDemoUser ? await DemoUser.SignUpAsync(address, stop) : null;
            (state with { FirstStartDone = true }).Save(folder.StateFile);
        }

        Announce(output, address, folder, server, demoPassword);
        await UntilStoppedAsync(postgres, stop);

        output.WriteLine("Stopping.");
        await api.StopAsync(CancellationToken.None);
    }

    private static int ChoosePort(int wanted)
    {
        if (wanted != 0 && !FreePort.IsFree(wanted))
        {
            throw new LocalHostException(PortIsTaken($"Port {wanted}"));
        }

        return wanted == 0 ? FreePort.Choose() : wanted;
    }

    private static async Task MigrateAsync(EmbeddedPostgres postgres, DataFolder folder, LocalLogs logs, CancellationToken stop)
    {
        var exitCode = await Composition.MigrateAsync(postgres.ConnectionString(), logs.Configure, stop);
        stop.ThrowIfCancellationRequested();
        if (exitCode != 0)
        {
            throw new LocalHostException(
                $"The database could not be brought up to date (exit code {exitCode}). What went wrong is above and in {folder.Logs}.");
        }
    }

    private static async Task StartAsync(WebApplication api, string address, CancellationToken stop)
    {
        try
        {
            await api.StartAsync(stop);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException or SocketException)
        {
            throw new LocalHostException(PortIsTaken(address), exception);
        }
    }

    private static void Announce(TextWriter output, string address, DataFolder folder, PostgresServer server, string? demoPassword)
    {
        output.WriteLine();
        output.WriteLine($"  API reference  {address}/scalar");
        output.WriteLine($"  Data           {folder.Path} (PostgreSQL {server.Version}; mail and logs are there too)");
        if (demoPassword is not null)
        {
            output.WriteLine($"  Demo user      {DemoUser.Email}, password {demoPassword} (shown this once)");
        }

        output.WriteLine("  Stop           Ctrl-C");
        output.WriteLine();
        output.WriteLine($"PromptStash is ready at {address}");
        output.Flush();
    }

    private static async Task UntilStoppedAsync(EmbeddedPostgres postgres, CancellationToken stop)
    {
        try
        {
            await postgres.EndedAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        // Whoever started this, a person or a service manager, can start it again; answering 503 for ever would tell neither.
        throw new LocalHostException(
            $"PostgreSQL has ended, and PromptStash ends with it. Its log, {postgres.LogFile}, may say why. Start PromptStash again.");
    }

    private static string PortIsTaken(string what) =>
        $"{what} cannot be listened on: another program uses it, or it is one that only root may use. "
        + "Choose another port with --port PORT, or any free one with --port 0.";
}
