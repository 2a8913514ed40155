using Npgsql;
using PromptStash.IntegrationTests.Database;
using PromptStash.IntegrationTests.Identity;

namespace PromptStash.IntegrationTests.Replicas;

/// <summary>SIGTERM, as Docker, Kubernetes and systemd send it before an upgrade: nobody loses anything, and nothing waits for what is gone.</summary>
public sealed class StoppingAReplica(PromptStashApp app)
{
    private const string Stopping = "Application is shutting down";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lets_requests_finish_that_are_under_way()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await StartAsync(name);
        var (ada, file) = await NewFileAsync(api);
        await using var obstacle = await app.OpenDatabaseAsync(name);
        await using var transaction = await BlockCommentsAsync(obstacle);
        var requests = Enumerable.Range(0, 4).Select(number => ada.PostAsync($"files/{file}/comments", new { body = $"Remark {number}" })).ToList();
        await WaitingAsync(name, requests.Count);

        await api.TerminateAsync();
        await api.SaysAsync(Stopping);
        await transaction.CommitAsync(Cancelled);

        Assert.All(await Task.WhenAll(requests), answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal(0, await api.ExitAsync());
        Assert.Equal(requests.Count, await obstacle.ScalarAsync<long>("SELECT count(*) FROM sharing.comments"));
    }

    [Fact]
    public async Task Takes_no_new_requests_meanwhile()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await StartAsync(name);
        var (ada, file) = await NewFileAsync(api);
        await using var obstacle = await app.OpenDatabaseAsync(name);
        await using var transaction = await BlockCommentsAsync(obstacle);
        var request = ada.PostAsync($"files/{file}/comments", new { body = "A remark" });
        await WaitingAsync(name, 1);
        await api.TerminateAsync();
        await api.SaysAsync(Stopping);

        // The connection is refused, upon which a proxy asks the next process.
        await Eventually.TrueAsync(
            async () =>
            {
                using var late = new HttpClient { BaseAddress = api.Address };
                try
                {
                    await late.GetAsync("/alive", Cancelled);

                    return false;
                }
                catch (HttpRequestException exception)
                {
                    return exception.HttpRequestError == HttpRequestError.ConnectionError;
                }
            },
            "new connections are refused");
        await transaction.CommitAsync(Cancelled);
        await request;
    }

    [Fact]
    public async Task Does_not_wait_longer_for_them_than_it_may()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await StartAsync(name, ("Api__ShutdownTimeout", "00:00:01"));
        var (ada, file) = await NewFileAsync(api);
        await using var obstacle = await app.OpenDatabaseAsync(name);
        await using var transaction = await BlockCommentsAsync(obstacle);
        var request = ada.PostAsync($"files/{file}/comments", new { body = "Never written" });
        await WaitingAsync(name, 1);

        await api.TerminateAsync();

        Assert.Equal(0, await api.ExitAsync());
        Assert.Equal(HttpStatusCode.BadGateway, (await request).StatusCode);
    }

    [Fact]
    public async Task Gives_back_the_events_that_it_was_about_to_deliver()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await StartAsync(name);
        var (ada, file) = await NewFileAsync(api);
        await using var obstacle = await app.OpenDatabaseAsync(name);
        var share = await obstacle.InsertShareAsync(app, file);
        await using var transaction = await obstacle.BeginTransactionAsync(Cancelled);
        await obstacle.ExecuteAsync("SELECT FROM sharing.file_shares WHERE id = $1 FOR UPDATE", share);
        await ada.RemoveAsync($"files/{file}");
        await WaitingAsync(name, 1);

        await api.TerminateAsync();
        Assert.Equal(0, await api.ExitAsync());

        Assert.Equal(1, await obstacle.ScalarAsync<long>("SELECT count(*) FROM stashes.outbox_messages WHERE attempts = 0 AND not_before <= clock_timestamp()"));
    }

    private Task<ApiProcess> StartAsync(string database, params (string Name, string Value)[] environment) => ApiProcess.StartAsync(
        [("ConnectionStrings__promptstash", app.PgBouncer.ConnectionString(database)), ("Api__PublicUrl", "https://prompts.example.com"), .. environment]);

    private static async Task<(HttpClient Ada, Guid File)> NewFileAsync(ApiProcess api)
    {
        var ada = TwoReplicas.NewClient(api);
        ada.DefaultRequestHeaders.Remove("Origin");
        ada.DefaultRequestHeaders.Add("Origin", api.Address.GetLeftPart(UriPartial.Authority));
        await ada.NewUserAsync();

        return (ada, await ada.CreateFileAsync(await ada.DefaultStashAsync(), "remarked.md", "x"));
    }

    /// <summary>Comments can be read and not written until the transaction ends.</summary>
    private static async Task<NpgsqlTransaction> BlockCommentsAsync(NpgsqlConnection obstacle)
    {
        var transaction = await obstacle.BeginTransactionAsync(Cancelled);
        await obstacle.ExecuteAsync("LOCK TABLE sharing.comments IN SHARE MODE");

        return transaction;
    }

    private async Task WaitingAsync(string database, int count)
    {
        await using var connection = await app.OpenDatabaseAsync("postgres");
        await Eventually.TrueAsync(
            async () => await connection.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'", database) == count,
            $"{count} wait for a lock in {database}",
            TimeSpan.FromMinutes(1));
    }
}
