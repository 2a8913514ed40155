using System.Diagnostics;
using System.Net.Sockets;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Api;

public sealed class Health(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Is_told_to_everybody(string probe)
    {
        using var nobody = app.NewClient();

        var answer = await (await nobody.GetAsync(probe, Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("Healthy", answer.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Is_bad_before_the_migrations_and_names_the_schema()
    {
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(await app.CreateDatabaseAsync())));
        using var nobody = app.NewClient(api);

        var answer = await (await nobody.GetAsync("/health", Cancelled)).ReadAsync(HttpStatusCode.ServiceUnavailable);

        Assert.Matches("schema identity .*MigrationService", answer.GetProperty("checks").GetProperty("database").GetProperty("description").GetString());
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("stashes")]
    [InlineData("sharing")]
    public async Task Is_bad_while_one_schema_lacks_a_migration(string schema)
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync($"DELETE FROM {schema}.\"__EFMigrationsHistory\"");
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var nobody = app.NewClient(api);

        var answer = await (await nobody.GetAsync("/health", Cancelled)).ReadAsync(HttpStatusCode.ServiceUnavailable);

        Assert.Contains($"schema {schema} ", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_good_on_the_database_of_a_newer_version_that_is_rolled_out_beside()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync("INSERT INTO stashes.\"__EFMigrationsHistory\" VALUES ('29991231235959_FromTheFuture', '99.0.0')");
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var nobody = app.NewClient(api);

        Assert.Equal(HttpStatusCode.OK, (await nobody.GetAsync("/health", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Is_bad_within_seconds_where_a_database_accepts_and_never_answers()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var api = await app.StartApiAsync(
            ("ConnectionStrings:promptstash", $"Host=127.0.0.1;Port={((IPEndPoint)listener.LocalEndpoint).Port};Username=u;Database=d;Timeout=2"));
        using var nobody = app.NewClient(api);
        var started = Stopwatch.GetTimestamp();

        var answer = await (await nobody.GetAsync("/health", Cancelled)).ReadAsync(HttpStatusCode.ServiceUnavailable);

        Assert.Contains("ConnectionStrings__promptstash", answer.ToString(), StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task Of_the_process_is_good_without_migrations()
    {
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(await app.CreateDatabaseAsync())));
        using var nobody = app.NewClient(api);

        Assert.Equal(HttpStatusCode.OK, (await nobody.GetAsync("/alive", Cancelled)).StatusCode);
    }
}
