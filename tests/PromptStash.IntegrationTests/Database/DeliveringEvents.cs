using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace PromptStash.IntegrationTests.Database;

public sealed class DeliveringEvents(PromptStashApp app)
{
    private const string Unreadable = """{"fileIds": "not a list of ids"}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_deleted_file_ends_its_shares()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "shared.md", "Hello");
        await using var database = await app.OpenDatabaseAsync();
        var share = await database.InsertShareAsync(app, file);

        (await ada.DeleteAsync($"/api/v1/files/{file}", Cancelled)).EnsureSuccessStatusCode();

        await Eventually.TrueAsync(() => database.HasEndedAsync(share), "the share has ended");
    }

    [Fact]
    public async Task Of_a_deleted_file_leaves_the_shares_of_others_alone()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "deleted.md", "Hello");
        var other = await ada.CreateFileAsync(stash, "kept.md", "Hello");
        await using var database = await app.OpenDatabaseAsync();
        var share = await database.InsertShareAsync(app, file);
        var kept = await database.InsertShareAsync(app, other);

        (await ada.DeleteAsync($"/api/v1/files/{file}", Cancelled)).EnsureSuccessStatusCode();

        await Eventually.TrueAsync(() => database.HasEndedAsync(share), "the share has ended");
        Assert.False(await database.HasEndedAsync(kept));
    }

    [Fact]
    public async Task Of_a_deleted_stash_ends_the_shares_of_all_its_files()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Doomed");
        await using var database = await app.OpenDatabaseAsync();
        var shares = new List<Guid>();
        for (var number = 0; number < 5; number++)
        {
            shares.Add(await database.InsertShareAsync(app, await ada.CreateFileAsync(stash, $"folder/{number}.md", "Hello")));
        }

        (await ada.DeleteAsync($"/api/v1/stashes/{stash}", Cancelled)).EnsureSuccessStatusCode();

        foreach (var share in shares)
        {
            await Eventually.TrueAsync(() => database.HasEndedAsync(share), "the share has ended");
        }
    }

    [Fact]
    public async Task Twice_changes_nothing_the_second_time()
    {
        await using var database = await app.OpenDatabaseAsync();
        var file = app.NewId();
        var share = await database.InsertShareAsync(app, file);
        await IsDeliveredAsync(database, await InsertEventAsync(database, file));
        var ended = await EndOfAsync(database, share);

        await IsDeliveredAsync(database, await InsertEventAsync(database, file));

        Assert.Equal(ended, await EndOfAsync(database, share));
    }

    [Fact]
    public async Task That_failed_waits_longer_each_time()
    {
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        await using var api = await StartApiAsync(name, time);
        var message = await InsertEventAsync(database, Unreadable, time.GetUtcNow());

        var pauses = new List<TimeSpan>();
        for (var attempt = 1; attempt <= 12; attempt++)
        {
            var retryAt = await HasFailedAsync(database, message, attempt);
            pauses.Add(retryAt - time.GetUtcNow());
            time.SetUtcNow(retryAt);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600], pauses.Select(pause => pause.TotalSeconds));
    }

    [Fact]
    public async Task That_failed_notes_the_kind_of_error_and_nothing_of_the_event()
    {
        await using var database = await app.OpenDatabaseAsync();
        var message = await InsertEventAsync(database, Unreadable, app.Time.GetUtcNow());

        await HasFailedAsync(database, message);

        Assert.Equal("JsonException", await database.ScalarAsync<string>("SELECT last_error FROM stashes.outbox_messages WHERE id = $1", message));
        await database.ExecuteAsync("DELETE FROM stashes.outbox_messages WHERE id = $1", message);
    }

    [Fact]
    public async Task That_failed_is_done_again_when_its_time_has_come()
    {
        await using var database = await app.OpenDatabaseAsync();
        var file = app.NewId();
        var share = await database.InsertShareAsync(app, file);
        var message = await InsertEventAsync(database, Unreadable, app.Time.GetUtcNow());
        await HasFailedAsync(database, message);

        await database.ExecuteAsync("UPDATE stashes.outbox_messages SET payload = $2::text::jsonb WHERE id = $1", message, PayloadOf(file));
        app.Time.Advance(TimeSpan.FromSeconds(2));

        await IsDeliveredAsync(database, message);
        Assert.True(await database.HasEndedAsync(share));
    }

    [Fact]
    public async Task That_fails_does_not_hold_up_the_others()
    {
        await using var database = await app.OpenDatabaseAsync();
        var file = app.NewId();
        var share = await database.InsertShareAsync(app, file);
        var bad = await InsertEventAsync(database, Unreadable, app.Time.GetUtcNow());

        await InsertEventAsync(database, file);

        await Eventually.TrueAsync(() => database.HasEndedAsync(share), "the share has ended");
        await database.ExecuteAsync("DELETE FROM stashes.outbox_messages WHERE id = $1", bad);
    }

    [Fact]
    public async Task Of_a_dispatcher_that_died_waits_for_the_end_of_its_lease()
    {
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        var (leased, free) = (app.NewId(), app.NewId());
        var (leasedShare, freeShare) = (await database.InsertShareAsync(app, leased), await database.InsertShareAsync(app, free));
        await InsertEventAsync(database, PayloadOf(leased), time.GetUtcNow().AddSeconds(30));
        await using var api = await StartApiAsync(name, time);

        time.Advance(TimeSpan.FromSeconds(29));
        await InsertEventAsync(database, PayloadOf(free), time.GetUtcNow());
        await Eventually.TrueAsync(() => database.HasEndedAsync(freeShare), "what is due is done");
        Assert.False(await database.HasEndedAsync(leasedShare));

        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => database.HasEndedAsync(leasedShare), "what the dead dispatcher had is done");
    }

    [Fact]
    public async Task By_one_dispatcher_does_not_stop_the_other()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        var (held, free) = (app.NewId(), app.NewId());
        var (heldShare, freeShare) = (await database.InsertShareAsync(app, held), await database.InsertShareAsync(app, free));
        await CountClaimsAsync(database);
        await using var obstacle = await app.OpenDatabaseAsync(name);
        await using var transaction = await obstacle.BeginTransactionAsync(Cancelled);
        await obstacle.ExecuteAsync("SELECT FROM sharing.file_shares WHERE id = $1 FOR UPDATE", heldShare);
        await using var one = await StartApiAsync(name);
        await using var two = await StartApiAsync(name);

        await InsertEventAsync(database, held);
        await app.SomebodyWaitsForALockAsync(name);
        await InsertEventAsync(database, free);

        await Eventually.TrueAsync(() => database.HasEndedAsync(freeShare), "the other dispatcher has ended the other share");
        await transaction.CommitAsync(Cancelled);
        await Eventually.TrueAsync(() => database.HasEndedAsync(heldShare), "the first dispatcher has ended its share");
        Assert.Equal(["1", "1"], await ClaimsAsync(database));
    }

    [Fact]
    public async Task By_two_dispatchers_at_once_does_each_of_many_once()
    {
        const int Count = 200;
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        await CountClaimsAsync(database);
        var shares = new List<Guid>();
        for (var number = 0; number < Count; number++)
        {
            var file = app.NewId();
            shares.Add(await database.InsertShareAsync(app, file));
            await InsertEventAsync(database, file);
        }

        await using var one = await StartApiAsync(name);
        await using var two = await StartApiAsync(name);

        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM stashes.outbox_messages") == 0, "the outbox is empty");
        Assert.Equal(Count, await database.ScalarAsync<long>("SELECT count(*) FROM sharing.file_shares WHERE revoked_at IS NOT NULL"));
        Assert.Equal(Enumerable.Repeat("1", Count), await ClaimsAsync(database));
    }

    [Fact]
    public async Task By_a_dispatcher_that_is_stopped_is_given_back_at_once()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        var files = new[] { app.NewId(), app.NewId(), app.NewId() };
        var shares = new List<Guid>();
        foreach (var file in files)
        {
            shares.Add(await database.InsertShareAsync(app, file));
            await InsertEventAsync(database, file);
        }

        await using var obstacle = await app.OpenDatabaseAsync(name);
        await using var transaction = await obstacle.BeginTransactionAsync(Cancelled);
        await obstacle.ExecuteAsync("SELECT FROM sharing.file_shares FOR UPDATE");
        await using var api = await StartApiAsync(name);
        await app.SomebodyWaitsForALockAsync(name);

        await api.StopAsync(Cancelled);

        var due = await database.ScalarAsync<long>(
            "SELECT count(*) FROM stashes.outbox_messages WHERE attempts = 0 AND not_before <= $1", app.Time.GetUtcNow());
        Assert.Equal(files.Length, due);
    }

    [Fact]
    public async Task Of_work_that_was_undone_never_happens()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await StartApiAsync(name);
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "stays.md", "Hello");
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not today''; END';
            CREATE CONSTRAINT TRIGGER refuse_at_commit AFTER INSERT ON stashes.outbox_messages DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
            """);

        var refused = await ada.DeleteAsync($"/api/v1/files/{file}", Cancelled);

        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync($"/api/v1/files/{file}", Cancelled)).StatusCode);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM stashes.outbox_messages"));
    }

    private Task<WebApplication> StartApiAsync(string database, FakeTimeProvider? time = null) =>
        app.StartApiAsync(
            time ?? app.Time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(database)), ("Outbox:PollInterval", "00:00:00.05"));

    private Task<Guid> InsertEventAsync(NpgsqlConnection database, Guid deletedFile) =>
        InsertEventAsync(database, PayloadOf(deletedFile), app.Time.GetUtcNow());

    /// <summary>What the Stashes module writes when a file is deleted.</summary>
    private async Task<Guid> InsertEventAsync(NpgsqlConnection database, string payload, DateTimeOffset notBefore)
    {
        var id = app.NewId();
        await database.ExecuteAsync(
            """
            INSERT INTO stashes.outbox_messages (id, type, payload, occurred_at, attempts, not_before)
            VALUES ($1, 'stashes.files-deleted.v1', $2::text::jsonb, $3, 0, $3)
            """, id, payload, notBefore);

        return id;
    }

    private static string PayloadOf(Guid deletedFile) => $$"""{"fileIds": ["{{deletedFile}}"]}""";

    private static Task IsDeliveredAsync(NpgsqlConnection database, Guid message) => Eventually.TrueAsync(
        async () => await database.ScalarAsync<long>("SELECT count(*) FROM stashes.outbox_messages WHERE id = $1", message) == 0, "the event is delivered");

    private static Task HasFailedAsync(NpgsqlConnection database, Guid message) => Eventually.TrueAsync(
        async () => await database.ScalarAsync<bool>("SELECT last_error IS NOT NULL FROM stashes.outbox_messages WHERE id = $1", message),
        "a delivery has failed");

    /// <summary>Waits for the failure of this delivery and answers when the next one is due.</summary>
    private static async Task<DateTimeOffset> HasFailedAsync(NpgsqlConnection database, Guid message, int attempts)
    {
        // A claim moves attempts and not_before (to the end of its lease); only the failure writes last_error, so that is taken away first.
        await Eventually.TrueAsync(
            async () => await database.ExecuteAsync(
                "UPDATE stashes.outbox_messages SET last_error = NULL WHERE id = $1 AND attempts = $2 AND last_error IS NOT NULL", message, attempts) == 1,
            $"delivery {attempts} has failed");

        return new DateTimeOffset(await database.ScalarAsync<DateTime>("SELECT not_before FROM stashes.outbox_messages WHERE id = $1", message));
    }

    private static Task<DateTime> EndOfAsync(NpgsqlConnection database, Guid share) =>
        database.ScalarAsync<DateTime>("SELECT revoked_at FROM sharing.file_shares WHERE id = $1", share);

    /// <summary>Has the database note every claim of a message; the message itself is gone when it is delivered.</summary>
    private static Task<int> CountClaimsAsync(NpgsqlConnection database) => database.ExecuteAsync(
        """
        CREATE TABLE claims (message uuid NOT NULL);
        CREATE FUNCTION note_claim() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.claims VALUES (NEW.id); RETURN NEW; END';
        CREATE TRIGGER note_claim AFTER UPDATE OF attempts ON stashes.outbox_messages FOR EACH ROW EXECUTE FUNCTION note_claim();
        """);

    private static Task<List<string>> ClaimsAsync(NpgsqlConnection database) =>
        database.ColumnAsync("SELECT count(*)::text FROM claims GROUP BY message");
}
