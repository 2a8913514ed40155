using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using PromptStash.LocalHost.PgBouncer;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Tests;

public sealed class StartingPromptStash : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Data => _temp.In("data");

    private string PostgresPidFile => Path.Combine(Data, "postgres", "cluster", "postmaster.pid");

    private string PgBouncerPidFile => Path.Combine(Data, "pgbouncer", "pgbouncer.pid");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_second_time_creates_no_second_demo_user()
    {
        await using (var first = LocalHostProcess.Start(Data))
        {
            await first.ReadyAsync();
        }

        await using var second = LocalHostProcess.Start(Data);
        await second.ReadyAsync();

        Assert.DoesNotContain("password", second.Printed, StringComparison.Ordinal);
        Assert.Equal(1L, await Sql.AskAsync(await ConnectionAsync("direct"), "SELECT count(*) FROM identity.users"));
    }

    [Fact]
    public async Task Without_the_demo_user_creates_none()
    {
        await using var localHost = LocalHostProcess.Start(Data, "--no-demo");
        await localHost.ReadyAsync();

        Assert.DoesNotContain("password", localHost.Printed, StringComparison.Ordinal);
        Assert.Equal(0L, await Sql.AskAsync(await ConnectionAsync("direct"), "SELECT count(*) FROM identity.users"));
    }

    [Fact]
    public async Task Twice_on_one_data_folder_is_refused_and_leaves_the_first_alone()
    {
        await using var first = LocalHostProcess.Start(Data, "--no-demo");
        var address = await first.ReadyAsync();

        await using var second = LocalHostProcess.Start(Data);

        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains($"Another PromptStash (process {first.Id}) is using the data folder {Data}", second.Printed, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = address };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task On_a_port_that_is_taken_is_refused_before_anything_is_made()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var localHost = LocalHostProcess.Start(["--port", $"{port}", "--data", Data], new Dictionary<string, string>());

        Assert.Equal(1, await localHost.ExitCodeAsync());
        Assert.Contains($"Port {port} cannot be listened on", localHost.Printed, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Data, "postgres")));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Can_be_undone_by_a_signal_that_leaves_nothing_running(string signal)
    {
        var pooled = PgBouncerProcess.FindProgram() is not null;
        await using var localHost = LocalHostProcess.Start(Data, pooled ? ["--no-demo", "--pgbouncer"] : ["--no-demo"]);
        await localHost.ReadyAsync();
        var postgres = RunningProcess.ReadPidFile(PostgresPidFile)!.Value;
        var pgBouncer = RunningProcess.ReadPidFile(PgBouncerPidFile);

        await localHost.SignalAsync(signal);

        Assert.Equal(0, await localHost.ExitCodeAsync());
        Assert.Empty(await RunningProcess.CommandLineAsync(postgres, Cancelled));
        Assert.Empty(pgBouncer is null ? "" : await RunningProcess.CommandLineAsync(pgBouncer.Value, Cancelled));
        Assert.Contains("database system is shut down", LogOfPostgres(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Can_be_interrupted_at_once()
    {
        await using var localHost = LocalHostProcess.Start(Data, "--no-demo");
        await AppearsAsync(Path.Combine(Data, "postgres"));

        await localHost.SignalAsync("INT");

        Assert.Equal(0, await localHost.ExitCodeAsync());
        Assert.False(File.Exists(PostgresPidFile));
    }

    [Fact]
    public async Task After_a_kill_takes_over_what_was_left_running_and_keeps_the_data()
    {
        string[] arguments = PgBouncerProcess.FindProgram() is null ? ["--no-demo"] : ["--no-demo", "--pgbouncer"];
        await using var killed = LocalHostProcess.Start(Data, arguments);
        await killed.ReadyAsync();
        await Sql.AskAsync(await ConnectionAsync("direct"), "CREATE TABLE kept AS SELECT 42 AS value");
        var postgres = RunningProcess.ReadPidFile(PostgresPidFile)!.Value;
        var pgBouncer = RunningProcess.ReadPidFile(PgBouncerPidFile);
        await killed.KillAsync();

        await using var next = LocalHostProcess.Start(Data, arguments);
        await next.ReadyAsync();

        Assert.Equal(42, await Sql.AskAsync(await ConnectionAsync("direct"), "SELECT value FROM kept"));
        Assert.Empty(await RunningProcess.CommandLineAsync(postgres, Cancelled));
        Assert.Empty(pgBouncer is null ? "" : await RunningProcess.CommandLineAsync(pgBouncer.Value, Cancelled));
    }

    [Fact]
    public async Task Ends_with_an_error_when_its_server_ends()
    {
        await using var localHost = LocalHostProcess.Start(Data, "--no-demo");
        await localHost.ReadyAsync();

        using (var postgres = Process.GetProcessById(RunningProcess.ReadPidFile(PostgresPidFile)!.Value))
        {
            postgres.Kill();
        }

        Assert.Equal(1, await localHost.ExitCodeAsync());
        Assert.Contains("PostgreSQL has ended, and PromptStash ends with it", localHost.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_PgBouncer_writes_down_the_way_through_it()
    {
        Assert.SkipWhen(PgBouncerProcess.FindProgram() is null, "PgBouncer is not installed.");
        await using var localHost = LocalHostProcess.Start(Data, "--no-demo", "--pgbouncer");
        await localHost.ReadyAsync();

        var pooled = await ConnectionAsync("pooled");

        Assert.NotEqual(Port(await ConnectionAsync("direct")), Port(pooled));
        Assert.Equal("promptstash", await Sql.AskAsync(pooled, "SELECT current_database()"));
    }

    [Fact]
    public async Task Takes_port_and_data_folder_from_the_environment()
    {
        var port = FreePort.Choose();
        await using var localHost = LocalHostProcess.Start(
            ["--no-demo"],
            new Dictionary<string, string> { ["PROMPTSTASH_PORT"] = $"{port}", ["PROMPTSTASH_DATA"] = Data });

        Assert.Equal(new Uri($"http://127.0.0.1:{port}"), await localHost.ReadyAsync());
        Assert.True(File.Exists(Path.Combine(Data, "connections.json")));
    }

    [Fact]
    public async Task With_a_port_in_the_environment_that_is_none_says_which_variable_to_mend()
    {
        await using var localHost = LocalHostProcess.Start(
            [], new Dictionary<string, string> { ["PROMPTSTASH_PORT"] = "http", ["PROMPTSTASH_DATA"] = Data });

        Assert.Equal(1, await localHost.ExitCodeAsync());
        Assert.Contains("PROMPTSTASH_PORT has to be a number", localHost.Printed, StringComparison.Ordinal);
    }

    private Task<string> ConnectionAsync(string name) => RunningPromptStash.ConnectionAsync(Data, name);

    private string LogOfPostgres() => File.ReadAllText(Path.Combine(Data, "postgres", "postgres.log"));

    private static int Port(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Port;

    private static async Task AppearsAsync(string folder)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!Directory.Exists(folder))
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }
}
