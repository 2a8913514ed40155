using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;
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

    [Theory]
    [InlineData("ALTER TABLE stashes.files RENAME description TO summary", "42703", "status")]
    [InlineData("DROP TABLE sharing.comments", "42P01", "status")]
    [InlineData("REVOKE SELECT ON sharing.file_shares FROM app_of_this_test", "42501", "roles")]
    public async Task Is_bad_on_tables_that_somebody_changed_by_hand_and_says_what_to_type(string change, string code, string verb)
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        var role = "app_" + name;
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'only for this test'");
        await database.ExecuteAsync($"GRANT USAGE ON SCHEMA identity, stashes, sharing TO {role}");
        await database.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA identity, stashes, sharing TO {role}");
        var connection = new NpgsqlConnectionStringBuilder(app.Postgres.ConnectionString(name)) { Username = role, Password = "only for this test" };
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", connection.ConnectionString));
        using var nobody = app.NewClient(api);
        await (await nobody.GetAsync("/health", Cancelled)).ReadAsync(HttpStatusCode.OK);

        await database.ExecuteAsync(change.Replace("app_of_this_test", role, StringComparison.Ordinal));

        var answer = await (await nobody.GetAsync("/health", Cancelled)).ReadAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Matches($"{code}.*MigrationService {verb}", answer.GetProperty("checks").GetProperty("database").GetProperty("description").GetString());
    }

    [Fact]
    public async Task Of_a_server_that_refuses_the_password_is_told_apart_from_one_that_does_not_answer()
    {
        var connection = new NpgsqlConnectionStringBuilder(app.Postgres.ConnectionString()) { Password = "not this one" };
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", connection.ConnectionString));
        using var nobody = app.NewClient(api);

        var answer = await (await nobody.GetAsync("/health", Cancelled)).ReadAsync(HttpStatusCode.ServiceUnavailable);

        Assert.Matches("refuses the connection .28P01.", answer.GetProperty("checks").GetProperty("database").GetProperty("description").GetString());
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
