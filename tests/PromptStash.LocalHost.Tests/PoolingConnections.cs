using Npgsql;
using PromptStash.LocalHost.PgBouncer;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Tests;

public sealed class PoolingConnections(SharedCluster cluster) : IClassFixture<SharedCluster>, IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Reaches_every_database_through_the_pooler()
    {
        await cluster.Postgres.CreateDatabaseAsync("other", Cancelled);
        await using var pooler = await PoolAsync();
        await using var connection = new NpgsqlConnection(Sql.Unpooled(pooler.ConnectionString("other")));
        await connection.OpenAsync(Cancelled);

        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        var backend = await command.ExecuteScalarAsync(Cancelled);

        Assert.Equal("other", connection.Database);
        Assert.NotEqual(connection.ProcessID, backend); // The pooler greets with a number of its own.
    }

    [Fact]
    public async Task Lends_a_server_connection_for_a_transaction_and_not_for_a_session()
    {
        await using var pooler = await PoolAsync(("default_pool_size", "1"), ("reserve_pool_size", "0"));
        var backends = new HashSet<int>();
        await using var first = new NpgsqlConnection(Sql.Unpooled(pooler.ConnectionString()));
        await using var second = new NpgsqlConnection(Sql.Unpooled(pooler.ConnectionString()));

        foreach (var connection in (NpgsqlConnection[])[first, second])
        {
            await connection.OpenAsync(Cancelled);
            await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
            backends.Add((int)(await command.ExecuteScalarAsync(Cancelled))!);
        }

        Assert.Single(backends);
    }

    [Fact]
    public async Task Refuses_a_wrong_password()
    {
        await using var pooler = await PoolAsync();

        await Assert.ThrowsAsync<PostgresException>(
            () => Sql.AskAsync(Sql.Unpooled(pooler.ConnectionString(), password: "wrong"), "SELECT 1"));
    }

    [Fact]
    public async Task Leaves_no_process_behind_when_stopped()
    {
        var pooler = await PoolAsync();
        var pid = RunningProcess.ReadPidFile(pooler.PidFile)!.Value;

        await pooler.DisposeAsync();

        Assert.Empty(await RunningProcess.CommandLineAsync(pid, Cancelled));
    }

    [Fact]
    public async Task Stops_the_pooler_that_a_killed_owner_left_running()
    {
        var abandoned = await PoolAsync();
        var pid = RunningProcess.ReadPidFile(abandoned.PidFile)!.Value;

        await using var pooler = await PoolAsync();

        Assert.Empty(await RunningProcess.CommandLineAsync(pid, Cancelled));
        Assert.Equal(1, await Sql.AskAsync(pooler.ConnectionString(), "SELECT 1"));
    }

    [Fact]
    public async Task Is_back_seconds_after_the_server_was_restarted()
    {
        await using var pooler = await PoolAsync();
        await Sql.AskAsync(pooler.ConnectionString(), "SELECT 1");

        await cluster.RestartAsync(
            meanwhile: () => Assert.ThrowsAnyAsync<NpgsqlException>(() => Sql.AskAsync(pooler.ConnectionString(), "SELECT 1")));

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await AnswersAsync(pooler))
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    private static async Task<bool> AnswersAsync(PgBouncerProcess pooler)
    {
        try
        {
            return await Sql.AskAsync(pooler.ConnectionString(), "SELECT 1") is 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private Task<PgBouncerProcess> PoolAsync(params (string Name, string Value)[] settings) =>
        Machine.PoolAsync(cluster.Postgres, _temp.In("Größe 1 – it's mine"), cluster.Password, settings);
}
