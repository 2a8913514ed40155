using PromptStash.IntegrationTests.Database;
using PromptStash.IntegrationTests.Database.Operations;
using PromptStash.IntegrationTests.Identity;

namespace PromptStash.IntegrationTests.Replicas;

/// <summary>One of two processes is gone from one moment to the next. Whoever works goes on at the other, and finds all that was promised.</summary>
public sealed class KillingAReplica(PromptStashApp app)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Under_those_who_write_loses_nothing_that_was_acknowledged()
    {
        await using var replicas = await TwoReplicas.StartAsync(app);
        using var ada = replicas.NewClient();
        await ada.NewUserAsync();
        using var ben = replicas.NewClient();
        await ben.NewUserAsync();
        var authors = await Authors.BeginAsync(app, ada, ben);

        var killing = KillAsync(replicas, authors);
        await authors.WriteUntilAsync(killing);
        await killing;

        await using var database = await app.OpenDatabaseAsync(replicas.Database);
        await authors.CheckAsync(database);
    }

    [Fact]
    public async Task In_the_middle_of_a_delivery_leaves_the_event_to_the_other()
    {
        await using var replicas = await TwoReplicas.StartAsync(app);
        using var ada = replicas.NewClient();
        await ada.NewUserAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "shared.md", "x");
        await using var database = await app.OpenDatabaseAsync(replicas.Database);
        var share = await database.InsertShareAsync(app, file);
        await using var obstacle = await app.OpenDatabaseAsync(replicas.Database);
        await using var transaction = await obstacle.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await obstacle.ExecuteAsync("SELECT FROM sharing.file_shares WHERE id = $1 FOR UPDATE", share);
        await ada.RemoveAsync($"files/{file}");
        await app.SomebodyWaitsForALockAsync(replicas.Database);
        var waiting = await database.ScalarAsync<string>(
            "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");

        (waiting == "one" ? replicas.One : replicas.Other).Kill();
        await database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = $1", waiting!);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() => database.HasEndedAsync(share), "the other has ended the share", Patience);
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM stashes.outbox_messages") == 0, "the event is delivered", Patience);
    }

    private static async Task KillAsync(TwoReplicas replicas, Authors authors)
    {
        await authors.MoveOnAsync(3, Patience);
        replicas.One.Kill();
        await authors.MoveOnAsync(3, Patience);
    }
}
