using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PromptStash.IntegrationTests.Database;
using PromptStash.IntegrationTests.Identity;
using PromptStash.IntegrationTests.Sharing;

namespace PromptStash.IntegrationTests.Telemetry;

/// <summary>Every metric moves when what it counts happens, under labels that name no account, no link and no file.</summary>
public sealed class MeasuringTheApi(PromptStashApp app)
{
    [Fact]
    public async Task Counts_requests_by_route_and_status()
    {
        using var measured = Listen("http.server.request.duration");
        using var ada = await app.SignInAsync();

        var (_, trace) = await ada.SendTracedAsync(HttpMethod.Get, $"/api/v1/files/{app.NewId()}");

        await Eventually.TrueAsync(() => Task.FromResult(measured.Of(trace).Any()), "the request is measured");
        var tags = Assert.Single(measured.Of(trace)).Tags;
        Assert.Equal(("api/v1/files/{fileId:guid}", "404"), (tags["http.route"]!.TrimStart('/'), tags["http.response.status_code"]));
    }

    [Fact]
    public async Task Counts_findings_by_code_and_severity()
    {
        using var measured = Listen("promptstash.validation.findings");
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var (_, trace) = await ada.SendTracedAsync(
            HttpMethod.Post, $"/api/v1/stashes/{stash}/files", new { path = ".claude/agents/a.md", content = "---\nname: a\ndescription: b\nmodel: Opus\n---\nx\n" });

        Assert.Contains("code=model-unknown severity=warning", measured.Of(trace).Select(one => one.Labels));
    }

    [Fact]
    public async Task Counts_what_is_asked_of_links_by_how_it_ended()
    {
        using var measured = Listen("promptstash.share.accesses");
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "counted.md", "x"), more: new { password = "three quiet owls" });
        using var anybody = app.NewClient();

        (HttpMethod Method, string Path, object? Body)[] requests =
        [
            (HttpMethod.Get, link.Path, null),
            (HttpMethod.Post, $"{link.Path}/unlock", new { password = "three loud owls" }),
            (HttpMethod.Post, $"{link.Path}/unlock", new { password = "three quiet owls" }),
            (HttpMethod.Get, link.Path, null),
            (HttpMethod.Get, $"/api/v1/shared/{ShareClient.UnknownToken}", null),
        ];
        var labels = new List<string>();
        foreach (var (method, path, body) in requests)
        {
            labels.AddRange(measured.Of((await anybody.SendTracedAsync(method, path, body)).Trace).Select(one => one.Labels));
        }

        Assert.Equal(
            ["action=open outcome=locked", "action=unlock outcome=wrong-password", "action=unlock outcome=done", "action=open outcome=done", "action=open outcome=denied"],
            labels);
    }

    [Fact]
    public async Task Counts_sign_ins_by_how_they_ended()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var measured = Listen("promptstash.sign_ins");
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        var phone = await client.EnableTwoFactorAsync(house);
        var labels = new List<string>();

        await TryAsync("sign-in/email", new { email, password = "not the password" });
        await TryAsync("sign-in/email", new { email, password = AuthClient.Password });
        await TryAsync("two-factor/verify-totp", new { code = "000000" });
        await TryAsync("two-factor/verify-totp", new { code = phone.Code() });

        // The password alone is no sign-in where a code is asked for.
        Assert.Equal(["method=password outcome=failed", "method=totp outcome=failed", "method=totp outcome=succeeded"], labels);

        async Task TryAsync(string route, object body) =>
            labels.AddRange(measured.Of((await client.SendTracedAsync(HttpMethod.Post, $"/api/auth/{route}", body)).Trace).Select(one => one.Labels));
    }

    [Fact]
    public async Task Counts_slow_commands_by_operation()
    {
        await using var api = await app.StartApiAsync(("Database:Monitoring:SlowCommand", "00:00:00"));
        using var measured = Listen("promptstash.database.slow_commands");
        using var ada = await app.SignInAsync(api);

        var (_, trace) = await ada.SendTracedAsync(HttpMethod.Get, "/api/v1/stashes");

        Assert.Contains("operation=ListStashes", measured.Of(trace).Select(one => one.Labels));
    }

    [Fact]
    public async Task Counts_deliveries_of_events_by_how_they_ended()
    {
        using var measured = Listen("promptstash.outbox.deliveries");
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "deleted.md", "x");

        await ada.RemoveAsync($"files/{file}");

        await Eventually.TrueAsync(
            () => Task.FromResult(measured.All.Any(one => one.Labels == "outcome=done type=stashes.files-deleted.v1")), "the delivery is counted");
    }

    [Fact]
    public async Task Tells_how_many_events_wait_and_how_long()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync(
            """
            INSERT INTO stashes.outbox_messages (id, type, payload, occurred_at, attempts, not_before)
            VALUES ($1, 'stashes.nobody-listens.v1', '{}', now() - interval '1 hour', 0, now())
            """, app.NewId());
        await using var api = await app.StartApiAsync(
            ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)), ("Database:Monitoring:SampleInterval", "00:00:01"));
        var meters = api.Services.GetRequiredService<IMeterFactory>();
        using var measured = new Measurements(instrument => instrument.Meter.Scope == meters && instrument.Name.StartsWith("promptstash.outbox.", StringComparison.Ordinal));

        await Eventually.TrueAsync(
            () =>
            {
                measured.Observe();

                return Task.FromResult(measured.All.Any(one => one is { Name: "promptstash.outbox.pending", Value: 1, Labels: "schema=stashes" }));
            },
            "the event that waits is told");
        Assert.Contains(measured.All, one => one is { Name: "promptstash.outbox.lag", Value: >= 3600, Labels: "schema=stashes" });
    }

    [Fact]
    public async Task Tells_of_the_database_what_PostgreSQL_counts()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        await MakeADeadlockAsync(name);
        await using var api = await app.StartApiAsync(
            ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)), ("Database:Monitoring:SampleInterval", "00:00:01"));
        var meters = api.Services.GetRequiredService<IMeterFactory>();
        using var measured = new Measurements(instrument => instrument.Meter.Scope == meters && instrument.Name.StartsWith("promptstash.database.", StringComparison.Ordinal));

        // A session's counts are written down when it ends, which its client does not wait for.
        await Eventually.TrueAsync(
            () =>
            {
                measured.Observe();

                return Task.FromResult(measured.All.Any(one => one is { Name: "promptstash.database.deadlocks", Value: 1 }));
            },
            "the deadlock is told");

        var size = await database.ScalarAsync<long>("SELECT pg_database_size(current_database())");
        Assert.InRange(Latest("size"), size * 0.8, size * 1.2);
        Assert.InRange(Latest("connections"), 1, await database.ScalarAsync<int>("SELECT current_setting('max_connections')::int"));
        Assert.InRange(Latest("cache_hit_ratio"), 0.01, 1);
        Assert.InRange(Latest("rollbacks"), 1, await RollbacksAsync());
        Assert.InRange(Latest("transaction_age"), 1, await database.ScalarAsync<int>("SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()"));

        double Latest(string metric) => measured.All.Last(one => one.Name == $"promptstash.database.{metric}").Value;

        async Task<double> RollbacksAsync() => await database.ScalarAsync<long>("SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()");
    }

    [Fact]
    public async Task Tells_how_the_pool_of_connections_is_used()
    {
        using var ada = await app.SignInAsync();
        await ada.DefaultStashAsync();
        using var measured = new Measurements(instrument => instrument.Meter.Name == "Npgsql");

        measured.Observe();

        Assert.Contains(measured.All, one => one.Name == "db.client.connection.count" && one.Tags["db.client.connection.pool.name"] == "promptstash");
    }

    /// <summary>Two sessions that wait for each other, one of which PostgreSQL ends; its transaction is undone.</summary>
    private async Task MakeADeadlockAsync(string name)
    {
        await using var one = await app.OpenDatabaseAsync(name);
        await using var other = await app.OpenDatabaseAsync(name);
        await using var ofOne = await one.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var ofOther = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await one.ExecuteAsync("SELECT pg_advisory_xact_lock(1)");
        await other.ExecuteAsync("SELECT pg_advisory_xact_lock(2)");

        var both = await Task.WhenAll(
            Record.ExceptionAsync(() => one.ExecuteAsync("SELECT pg_advisory_xact_lock(2)")).AsTask(),
            Record.ExceptionAsync(() => other.ExecuteAsync("SELECT pg_advisory_xact_lock(1)")).AsTask());

        Assert.Equal(PostgresErrorCodes.DeadlockDetected, Assert.IsType<PostgresException>(Assert.Single(both, exception => exception is not null)).SqlState);
    }

    private static Measurements Listen(string name) => new(instrument => instrument.Name == name);
}
