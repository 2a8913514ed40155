using OtpNet;
using PromptStash.IntegrationTests.Database;
using PromptStash.IntegrationTests.Database.Operations;
using PromptStash.IntegrationTests.Identity;
using PromptStash.IntegrationTests.Sharing;

namespace PromptStash.IntegrationTests.Replicas;

/// <summary>One of two processes is gone from one moment to the next. Whoever works goes on at the other, and finds all that was promised.</summary>
public sealed class KillingAReplica(PromptStashApp app)
{
    private const string LinkPassword = "four quiet owls";

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
    public async Task Between_the_password_and_the_code_lets_who_signs_in_there_sign_in_edit_and_share_at_the_other()
    {
        await using var replicas = await TwoReplicas.StartAsync(app);
        using var ada = replicas.NewClient();
        var email = await ada.NewUserAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "journey.md", "# Begun\n");
        var link = await ada.LinkAsync("file", file, more: new { password = LinkPassword });
        var secret = await SecondFactor.EnrolAsync(ada);
        await ada.PostAuthAsync("sign-out");
        var cookies = new CookieContainer();
        using var atOne = TwoReplicas.NewClient(cookies, replicas.One);
        using var atOther = TwoReplicas.NewClient(cookies, replicas.Other);
        using var grace = TwoReplicas.NewClient(replicas.Other);

        await (await atOne.SignInAsync(email)).ReadAsync(HttpStatusCode.OK);
        replicas.One.Kill();
        await (await atOther.PostAuthAsync("two-factor/verify-totp", new { code = new Totp(secret).ComputeTotp() })).ReadAsync(HttpStatusCode.OK);
        var edit = await atOther.PutContentAsync(file, "\"v1\"", "# Gone on\n");
        var second = await atOther.PutContentAsync(file, "\"v1\"", "# Too late\n");
        var shut = await grace.GetAsync(link.Path, TestContext.Current.CancellationToken);
        await (await grace.UnlockAsync(link, LinkPassword)).ReadNothingAsync();
        var opened = await (await grace.GetAsync(link.Path, TestContext.Current.CancellationToken)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.OK, edit.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, shut.StatusCode);
        Assert.Equal("# Gone on\n", opened.GetProperty("file").Text("content"));
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
