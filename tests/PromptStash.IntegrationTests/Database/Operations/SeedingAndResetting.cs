namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class SeedingAndResetting(PromptStashApp app)
{
    private static readonly (string, string)[] Development = [("DOTNET_ENVIRONMENT", "Development")];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lets_the_demo_user_sign_in_and_find_the_files()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        (await SeedAsync(database)).Ends(0);

        await using var api = await app.StartApiAsync(
            ("ConnectionStrings:promptstash", app.Postgres.ConnectionString(database)), ("Identity:RequireVerifiedEmail", "true"));
        using var demo = app.NewClient(api);
        var signedIn = await demo.PostAsJsonAsync("/api/auth/sign-in/email", new { email = "demo@promptstash.dev", password = "prompt stash on trial" }, Cancelled);
        Assert.True(signedIn.IsSuccessStatusCode, await signedIn.Content.ReadAsStringAsync(Cancelled));
        var stashes = await demo.GetFromJsonAsync<JsonElement>("/api/v1/stashes", Cancelled);
        var own = stashes.GetProperty("items").EnumerateArray().Single(stash => stash.GetProperty("scope").GetString() == "USER");
        var paths = await demo.PathsAsync(own.GetProperty("id").GetGuid());
        Assert.Superset(
            new HashSet<string> { ".claude/agents/code-reviewer.md", ".claude/skills/commit-message/SKILL.md", ".claude/commands/standup.md", ".claude/settings.json", "CLAUDE.md" },
            paths.ToHashSet());
    }

    [Fact]
    public async Task A_second_time_changes_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        var first = (await SeedAsync(database)).Ends(0).Json;

        var second = (await SeedAsync(database)).Ends(0).Json;

        Assert.Equal(first.GetProperty("created").GetInt32(), second.GetProperty("unchanged").GetInt32());
        Assert.Equal((0, 0), (second.GetProperty("created").GetInt32(), second.GetProperty("updated").GetInt32()));
    }

    [Fact]
    public async Task With_a_size_generates_files_that_the_API_finds()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        (await Worker.RunAsync(app.Postgres.ConnectionString(database), Development, "seed", "--size", "large", "--files", "12000")).Ends(0);
        (await Worker.RunAsync(app.Postgres.ConnectionString(database), Development, "seed", "--size", "large", "--files", "12000")).Ends(0);

        await using var connection = await app.OpenDatabaseAsync(database);
        Assert.Equal(12_000, await connection.ScalarAsync<long>("SELECT count(*) FROM stashes.files WHERE path LIKE '.claude/agents/%-0%.md'"));
        Assert.Equal(0, await connection.ScalarAsync<long>(
            "SELECT count(*) FROM stashes.files f LEFT JOIN stashes.contents c ON c.owner_id = f.owner_id AND c.hash = f.content_hash WHERE sha256(convert_to(f.content, 'UTF8')) IS DISTINCT FROM c.hash"));
    }

    [Fact]
    public async Task With_a_size_tells_in_plain_lines_how_far_it_is()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        var answer = await Worker.RunAsync(app.Postgres.ConnectionString(database), Development, "seed", "--size", "large", "--files", "12000");

        Assert.Equal(
            ["Generating files", "Generating files: 10000 of 12000", "Generating files: 12000 of 12000"],
            answer.Errors.Split('\n').Where(line => line.StartsWith("Generating", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Into_a_database_that_is_not_migrated_says_what_to_do()
    {
        var answer = (await SeedAsync(await app.CreateDatabaseAsync())).Ends(1);

        Assert.Contains("'migrate' first", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_production_makes_up_a_password()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        var answer = (await app.VerbAsync(database, "seed", "--json")).Ends(0);

        Assert.Equal(20, answer.Json.GetProperty("password").GetString()!.Length);
    }

    [Fact]
    public async Task In_production_a_second_time_changes_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        (await app.VerbAsync(database, "seed")).Ends(0);

        var again = (await app.VerbAsync(database, "seed")).Ends(0);

        Assert.Contains("PROMPTSTASH_SEED_PASSWORD", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_production_with_a_size_a_second_time_changes_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        (await app.VerbAsync(database, "seed", "--size", "large", "--files", "300")).Ends(0);

        var again = (await app.VerbAsync(database, "seed", "--size", "large", "--files", "300")).Ends(0);

        Assert.Contains("PROMPTSTASH_SEED_PASSWORD", again.Output, StringComparison.Ordinal);
        await using var connection = await app.OpenDatabaseAsync(database);
        Assert.Equal(300, await connection.ScalarAsync<long>("SELECT count(*) FROM stashes.files WHERE path LIKE '.claude/agents/%-0%.md'"));
    }

    [Fact]
    public async Task In_production_with_more_users_than_before_asks_for_the_password_and_changes_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        (await app.VerbAsync(database, "seed")).Ends(0);

        var again = (await app.VerbAsync(database, "seed", "--size", "large", "--files", "90001")).Ends(1);

        Assert.Contains("demo2@promptstash.dev would be made with another password", again.Errors, StringComparison.Ordinal);
        Assert.Contains("PROMPTSTASH_SEED_PASSWORD", again.Errors, StringComparison.Ordinal);
        await using var connection = await app.OpenDatabaseAsync(database);
        Assert.Equal(2, await connection.ScalarAsync<long>("SELECT count(*) FROM identity.users"));
        Assert.Equal(0, await connection.ScalarAsync<long>("SELECT count(*) FROM stashes.stashes WHERE description = 'Generated files'"));
    }

    [Fact]
    public async Task Through_a_pooler_is_refused_before_anything_is_made()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        var answer = (await Worker.RunAsync(app.PgBouncer.ConnectionString(database), Development, "seed")).Ends(1);

        Assert.Contains("connection pooler", answer.Errors, StringComparison.Ordinal);
        await using var connection = await app.OpenDatabaseAsync(database);
        Assert.Equal(0, await connection.ScalarAsync<long>("SELECT count(*) FROM identity.users"));
    }

    [Fact]
    public async Task Resetting_by_somebody_who_may_not_make_databases_deletes_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.ExecuteAsync($"CREATE ROLE {database}_owner LOGIN PASSWORD 'makes nothing'");
        await connection.ExecuteAsync($"ALTER DATABASE {database} OWNER TO {database}_owner");

        var answer = (await Worker.RunAsync(
            app.Postgres.ConnectionString(database).As($"{database}_owner", "makes nothing"), [], "reset", "--yes-delete-everything", database)).Ends(1);

        Assert.Contains("42501", answer.Errors, StringComparison.Ordinal);
        (await app.VerbAsync(database, "status")).Ends(0);
    }

    [Fact]
    public async Task Resetting_what_is_gone_makes_it_again()
    {
        var database = "gone_" + app.NewId().ToString("N");

        (await app.VerbAsync(database, "reset", "--yes-delete-everything", database, "--without-seed")).Ends(0);

        (await app.VerbAsync(database, "status")).Ends(0);
    }

    [Fact]
    public async Task Resetting_outside_of_Development_is_refused_and_deletes_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        var answer = (await app.VerbAsync(database, "reset")).Ends(3);

        Assert.Contains($"--yes-delete-everything {database}", answer.Errors, StringComparison.Ordinal);
        (await app.VerbAsync(database, "status")).Ends(0);
    }

    [Fact]
    public async Task Resetting_by_the_name_of_another_database_is_refused()
    {
        (await app.VerbAsync(await app.CreateMigratedDatabaseAsync(), "reset", "--yes-delete-everything", "promptstash")).Ends(3);
    }

    [Fact]
    public async Task Resetting_makes_a_new_and_migrated_database()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using (var connection = await app.OpenDatabaseAsync(database))
        {
            await connection.InsertStashAsync(app);
        }

        (await app.VerbAsync(database, "reset", "--yes-delete-everything", database, "--without-seed")).Ends(0);

        await using var fresh = await app.OpenDatabaseAsync(database);
        Assert.Equal(0, await fresh.ScalarAsync<long>("SELECT count(*) FROM stashes.stashes"));
    }

    [Fact]
    public async Task Resetting_in_Development_fills_it_again()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        (await Worker.RunAsync(app.Postgres.ConnectionString(database), Development, "reset")).Ends(0);

        await using var fresh = await app.OpenDatabaseAsync(database);
        Assert.Equal(2, await fresh.ScalarAsync<long>("SELECT count(*) FROM identity.users WHERE email_verified"));
    }

    private Task<WorkerAnswer> SeedAsync(string database) => Worker.RunAsync(app.Postgres.ConnectionString(database), Development, "seed", "--json");
}
