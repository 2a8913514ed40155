using Npgsql;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>The roles are the server's, so the tests of this class, which run one after the other, share them.</summary>
public sealed class GivingRolesTheLeast(PromptStashApp app)
{
    private const string Password = "a pass phrase of the test's own";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lets_the_API_do_all_that_it_does()
    {
        var database = await SetUpAsync();
        var api = await app.StartApiAsync(("ConnectionStrings:promptstash", Connection(database, "app")));
        await using var _ = api;

        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "notes/a.md", "# One");
        (await ada.PutContentAsync(file, "\"v1\"", "# Two")).EnsureSuccessStatusCode();

        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync("/health", Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await ada.DeleteAsync($"/api/v1/files/{file}", Cancelled)).StatusCode);
    }

    [Theory]
    [InlineData("app", "CREATE TABLE stashes.mine (id int)")]
    [InlineData("app", "DROP TABLE stashes.files")]
    [InlineData("app", "ALTER TABLE stashes.files DISABLE TRIGGER ALL")]
    [InlineData("app", "DELETE FROM stashes.\"__EFMigrationsHistory\"")]
    [InlineData("app", "TRUNCATE stashes.files CASCADE")]
    [InlineData("app", "CREATE SCHEMA mine")]
    [InlineData("readonly", "SELECT * FROM identity.users")]
    [InlineData("readonly", "SELECT * FROM stashes.files")]
    [InlineData("readonly", "CREATE TABLE mine (id int)")]
    [InlineData("owner", "SELECT rolpassword FROM pg_authid")]
    public async Task Refuses_what_the_role_does_not_need(string role, string sql)
    {
        var database = await SetUpAsync();
        await using var connection = await OpenAsync(database, role);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));

        Assert.Contains(refusal.SqlState, (string[])[PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.ReadOnlySqlTransaction]);
    }

    [Fact]
    public async Task Before_the_first_migration_gives_its_history_to_the_API_and_to_monitoring_to_read_only()
    {
        var database = await SetUpAsync(await app.CreateDatabaseAsync());

        (await Worker.RunAsync(Connection(database, "owner"), [])).Ends(0);

        await using var api = await OpenAsync(database, "app");
        await using var monitoring = await OpenAsync(database, "readonly");
        foreach (var schema in (string[])["identity", "stashes", "sharing"])
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => api.ExecuteAsync($"DELETE FROM {schema}.\"__EFMigrationsHistory\""));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            Assert.NotEmpty(await api.ColumnAsync($"SELECT migration_id FROM {schema}.\"__EFMigrationsHistory\""));
            Assert.NotEmpty(await monitoring.ColumnAsync($"SELECT migration_id FROM {schema}.\"__EFMigrationsHistory\""));
        }
    }

    [Fact]
    public async Task Lets_the_owner_migrate()
    {
        var database = await SetUpAsync();

        (await Worker.RunAsync(Connection(database, "owner"), [], "rollback", "identity", "Initial", "--without-backup")).Ends(0);
        (await Worker.RunAsync(Connection(database, "owner"), [])).Ends(0);

        await using var api = await OpenAsync(database, "app");
        Assert.Equal(0, await api.ScalarAsync<long>("SELECT count(*) FROM identity.audit_events"));
    }

    [Fact]
    public async Task Lets_the_owner_migrate_where_only_an_administrator_may_have_statements_recorded()
    {
        var database = await SetUpAsync();
        await using var administrator = await app.OpenDatabaseAsync(database);
        await administrator.ExecuteAsync("DROP EXTENSION pg_stat_statements");

        (await Worker.RunAsync(Connection(database, "owner"), [])).Ends(0);

        Assert.Empty(await administrator.ColumnAsync("SELECT extname::text FROM pg_extension WHERE extname = 'pg_stat_statements'"));
    }

    [Fact]
    public async Task Lets_monitoring_see_what_others_run_and_which_migrations_there_are()
    {
        var database = await SetUpAsync();
        await using var monitoring = await OpenAsync(database, "readonly");

        Assert.NotEmpty(await monitoring.ColumnAsync("SELECT migration_id FROM stashes.\"__EFMigrationsHistory\""));
        Assert.DoesNotContain("<insufficient privilege>", await monitoring.ColumnAsync("SELECT coalesce(query, '') FROM pg_stat_activity"));
    }

    [Theory]
    [InlineData("statement_timeout", "10s")]
    [InlineData("lock_timeout", "2s")]
    [InlineData("idle_in_transaction_session_timeout", "15s")]
    [InlineData("jit", "off")]
    public async Task Sets_limits_on_the_role_of_the_API(string setting, string value)
    {
        var database = await SetUpAsync();
        await using var connection = await OpenAsync(database, "app");

        Assert.Equal(value, await connection.ScalarAsync<string>($"SHOW {setting}"));
    }

    [Fact]
    public async Task Lets_monitoring_see_what_it_is_for()
    {
        var database = await SetUpAsync();
        await using (var api = await OpenAsync(database, "app"))
        {
            await api.ExecuteAsync("SELECT count(*) FROM stashes.files WHERE size > 4711");
        }

        var report = (await Worker.RunAsync(Connection(database, "readonly"), [], "monitor", "--limit", "1000", "--json")).Ends(0).Json;

        // Without pg_monitor, of other roles' statements nothing is told but that there were some.
        Assert.Contains(
            report.GetProperty("slowQueries").GetProperty("items").EnumerateArray(),
            query => query.GetProperty("query").GetString()!.StartsWith("SELECT count(*) FROM stashes.files WHERE size >", StringComparison.Ordinal));
        Assert.Contains("stashes.files", report.GetProperty("tables").GetProperty("items").EnumerateArray().Select(table => table.GetProperty("name").GetString()));
        Assert.NotEqual(0, report.GetProperty("connections").GetProperty("groups").GetArrayLength());
        Assert.NotEqual(0, report.GetProperty("overview").GetProperty("sizeBytes").GetInt64());
    }

    [Fact]
    public async Task A_second_time_changes_no_password_that_is_not_named()
    {
        var database = await SetUpAsync();

        (await app.VerbAsync(database, "roles")).Ends(0);

        await using var connection = await OpenAsync(database, "app");
        Assert.Equal("promptstash_app", await connection.ScalarAsync<string>("SELECT current_user::text"));
    }

    [Fact]
    public async Task Takes_the_passwords_from_files_of_secrets_and_the_administrators_too()
    {
        var administrator = new NpgsqlConnectionStringBuilder(app.Postgres.ConnectionString(await app.CreateMigratedDatabaseAsync()));
        var secrets = Directory.CreateTempSubdirectory("promptstash-secrets-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(secrets.FullName, "Database__Password"), administrator.Password, Cancelled);
            await File.WriteAllTextAsync(Path.Combine(secrets.FullName, "PROMPTSTASH_APP_PASSWORD"), "out of a file\n", Cancelled);
            administrator.Remove("Password");

            (await Worker.RunAsync(administrator.ConnectionString, [("Secrets__Folder", secrets.FullName)], "roles", "--prefix", "filed")).Ends(0);
        }
        finally
        {
            secrets.Delete(recursive: true);
        }

        await using var connection = new NpgsqlConnection(administrator.ConnectionString.As("filed_app", "out of a file") + ";Pooling=false");
        await connection.OpenAsync(Cancelled);
        Assert.Equal("filed_app", await connection.ScalarAsync<string>("SELECT current_user::text"));
    }

    [Fact]
    public async Task Printed_only_changes_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        var answer = (await app.VerbAsync(database, "roles", "--print", "--prefix", "unmade")).Ends(0);

        Assert.Contains("unmade_app", answer.Output, StringComparison.Ordinal);
        await using var connection = await app.OpenDatabaseAsync(database);
        Assert.Empty(await connection.ColumnAsync("SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'unmade%'"));
    }

    private async Task<string> SetUpAsync() => await SetUpAsync(await app.CreateMigratedDatabaseAsync());

    private async Task<string> SetUpAsync(string database)
    {
        (string, string)[] passwords = [.. ((string[])["OWNER", "APP", "READONLY"]).Select(role => ($"PROMPTSTASH_{role}_PASSWORD", Password))];
        (await Worker.RunAsync(app.Postgres.ConnectionString(database), passwords, "roles")).Ends(0);

        return database;
    }

    private string Connection(string database, string role) => app.Postgres.ConnectionString(database).As($"promptstash_{role}", Password);

    private async Task<NpgsqlConnection> OpenAsync(string database, string role)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Connection(database, role)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancelled);

        return connection;
    }
}
