using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using PromptStash.LocalHost.PgBouncer;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Tests;

public sealed partial class StartingPromptStash : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Data => _temp.In("data");

    private string PostgresPidFile => Path.Combine(Data, "postgres", "cluster", "postmaster.pid");

    private string PgBouncerPidFile => Path.Combine(Data, "pgbouncer", "pgbouncer.pid");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Ends_with_a_healthy_API_at_the_address_it_prints()
    {
        await using var localHost = LocalHostProcess.Start(Data, "--no-demo");

        using var client = new HttpClient { BaseAddress = await localHost.ReadyAsync() };

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Creates_the_demo_user_the_first_time_only_and_prints_a_password_that_signs_in()
    {
        string firstPrinted;
        HttpStatusCode signedIn;
        await using (var first = LocalHostProcess.Start(Data))
        {
            var address = await first.ReadyAsync();
            firstPrinted = first.Printed;
            signedIn = await SignInAsync(address, PrintedPassword.Match(firstPrinted).Groups["password"].Value);
        }

        await using var second = LocalHostProcess.Start(Data);
        await second.ReadyAsync();

        Assert.True(signedIn == HttpStatusCode.OK, firstPrinted);
        Assert.DoesNotContain("password", second.Printed, StringComparison.Ordinal);
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
    public async Task Writes_down_connections_that_work()
    {
        await using var localHost = LocalHostProcess.Start(Data, "--no-demo");
        await localHost.ReadyAsync();

        var direct = await ConnectionAsync("direct");

        Assert.Equal("promptstash", await Sql.AskAsync(direct, "SELECT current_database()"));
        Assert.Equal(direct, await ConnectionAsync("pooled"));
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

    private async Task<string> ConnectionAsync(string name)
    {
        using var connections = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Data, "connections.json"), Cancelled));
        return connections.RootElement.GetProperty(name).GetString()!;
    }

    private string LogOfPostgres() => File.ReadAllText(Path.Combine(Data, "postgres", "postgres.log"));

    private static int Port(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Port;

    private static async Task<HttpStatusCode> SignInAsync(Uri address, string password)
    {
        using var client = new HttpClient { BaseAddress = address };
        using var request = new StringContent(
            JsonSerializer.Serialize(new { email = "demo@promptstash.dev", password }), System.Text.Encoding.UTF8, "application/json");

        return (await client.PostAsync("/api/auth/sign-in/email", request, Cancelled)).StatusCode;
    }

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

    [GeneratedRegex(@"demo@promptstash\.dev, password (?<password>\S+) \(shown this once\)")]
    private static partial Regex PrintedPassword { get; }
}
