using System.Diagnostics;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Tests;

public sealed class RunningACluster(Machine machine) : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly string _password = Machine.NewPassword();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Keeps_data_and_port_over_a_stop()
    {
        int port;
        await using (var first = await StartAsync())
        {
            port = first.Port;
            await Sql.AskAsync(first.ConnectionString(), "CREATE TABLE kept AS SELECT 42 AS value");
        }

        await using var second = await StartDurableAsync(port);

        Assert.Equal(port, second.Port);
        Assert.Equal(42, await Sql.AskAsync(second.ConnectionString(), "SELECT value FROM kept"));
    }

    [Fact]
    public async Task Takes_another_port_where_its_own_is_taken()
    {
        await using var first = await machine.StartAsync(_temp.In("first"), _password);

        await using var second = await EmbeddedPostgres.StartAsync(
            machine.Server, new(_temp.In("second"), _password) { PreferredPort = first.Port, Durable = false }, Cancelled);

        Assert.NotEqual(first.Port, second.Port);
    }

    [Fact]
    public async Task Leaves_no_process_behind_when_stopped()
    {
        var postgres = await StartAsync();
        var pid = Pid(postgres);

        await postgres.DisposeAsync();

        Assert.Empty(await RunningProcess.CommandLineAsync(pid, Cancelled));
    }

    [Fact]
    public async Task Stops_the_server_that_a_killed_owner_left_running()
    {
        // Never disposed of, as when its process is killed.
        var abandoned = await StartAsync();
        var pid = Pid(abandoned);
        await Sql.AskAsync(abandoned.ConnectionString(), "CREATE TABLE kept AS SELECT 42 AS value");

        await using var postgres = await StartAsync();

        Assert.Empty(await RunningProcess.CommandLineAsync(pid, Cancelled));
        Assert.Equal(42, await Sql.AskAsync(postgres.ConnectionString(), "SELECT value FROM kept"));
    }

    [Fact]
    public async Task Recovers_after_the_server_itself_was_killed()
    {
        var killed = await StartDurableAsync();
        await Sql.AskAsync(killed.ConnectionString(), "CREATE TABLE kept AS SELECT 42 AS value");
        using (var process = Process.GetProcessById(Pid(killed)))
        {
            process.Kill();
        }

        await using var postgres = await StartDurableAsync();

        Assert.Equal(42, await Sql.AskAsync(postgres.ConnectionString(), "SELECT value FROM kept"));
    }

    [Fact]
    public async Task Starts_and_harms_nobody_when_its_process_number_has_gone_to_another_program()
    {
        string pidFile;
        await using (var first = await StartAsync())
        {
            pidFile = first.PidFile;
        }

        using var bystander = Process.Start("sleep", ["60"]);
        await File.WriteAllTextAsync(pidFile, $"{bystander.Id}\n{Folder}\n", Cancelled);
        await using var postgres = await StartAsync();

        Assert.False(bystander.HasExited);
        bystander.Kill();
    }

    [Fact]
    public async Task Throws_away_a_cluster_that_was_left_half_made()
    {
        var halfMade = _temp.In("postgres", "cluster.unfinished", "base");
        Directory.CreateDirectory(halfMade);

        await using var postgres = await StartAsync();

        Assert.Equal(1, await Sql.AskAsync(postgres.ConnectionString(), "SELECT 1"));
        Assert.False(Directory.Exists(halfMade));
    }

    [Fact]
    public async Task Tells_which_version_made_it()
    {
        Assert.Null(EmbeddedPostgres.MajorOf(Folder));

        await using var postgres = await StartAsync();

        Assert.Equal(machine.Server.Major, EmbeddedPostgres.MajorOf(Folder));
    }

    [Fact]
    public async Task Shows_the_end_of_its_log_when_it_does_not_start()
    {
        var problem = await Assert.ThrowsAsync<LocalHostException>(() => StartAsync(("shared_buffers", "much")));

        Assert.Contains("invalid value for parameter \"shared_buffers\"", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_to_bring_back_when_its_password_is_another_one()
    {
        await (await StartAsync()).DisposeAsync();

        var problem = await Assert.ThrowsAsync<LocalHostException>(() => machine.StartAsync(Folder, "another"));

        Assert.Contains("has another password than the one remembered", problem.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(EmbeddedPostgres.ClusterIn(Folder), "postmaster.pid")));
    }

    [Fact]
    public async Task Does_not_mind_spaces_and_other_letters_in_the_folders_name()
    {
        await using var postgres = await machine.StartAsync(_temp.In("Größe 1 – it's mine"), _password);

        Assert.Equal(1, await Sql.AskAsync(postgres.ConnectionString(), "SELECT 1"));
    }

    private string Folder => _temp.In("postgres");

    private Task<EmbeddedPostgres> StartAsync(params (string Name, string Value)[] settings) => machine.StartAsync(Folder, _password, settings);

    private Task<EmbeddedPostgres> StartDurableAsync(int? port = null) =>
        EmbeddedPostgres.StartAsync(machine.Server, new(Folder, _password) { PreferredPort = port }, Cancelled);

    private static int Pid(EmbeddedPostgres postgres) => RunningProcess.ReadPidFile(postgres.PidFile)!.Value;
}
