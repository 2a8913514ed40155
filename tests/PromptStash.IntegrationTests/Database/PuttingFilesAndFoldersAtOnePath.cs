using Npgsql;

namespace PromptStash.IntegrationTests.Database;

public sealed class PuttingFilesAndFoldersAtOnePath(PromptStashApp app)
{
    [Theory]
    [InlineData("agents", "agents")]
    [InlineData("agents", "AGENTS")]
    [InlineData("Élan", "éLAN")]
    public async Task Refuses_a_file_where_a_folder_is(string folder, string file)
    {
        await using var database = await app.OpenDatabaseAsync();
        var stash = await database.InsertStashAsync(app);
        await database.InsertFolderAsync(app, stash, folder);

        await RefusesAsync("tr_files_path_clash", () => database.InsertFileAsync(app, stash, file));
    }

    [Theory]
    [InlineData("agents", "agents")]
    [InlineData("agents", "AGENTS")]
    [InlineData("Élan", "éLAN")]
    public async Task Refuses_a_folder_where_a_file_is(string file, string folder)
    {
        await using var database = await app.OpenDatabaseAsync();
        var stash = await database.InsertStashAsync(app);
        await database.InsertFileAsync(app, stash, file);

        await RefusesAsync("tr_folders_path_clash", () => database.InsertFolderAsync(app, stash, folder));
    }

    [Theory]
    [InlineData("Élan.md", "éLAN.md")]
    [InlineData("a.md", "a.md")]
    public async Task Refuses_a_file_where_a_file_is(string first, string second)
    {
        await using var database = await app.OpenDatabaseAsync();
        var stash = await database.InsertStashAsync(app);
        await database.InsertFileAsync(app, stash, first);

        await RefusesAsync("ix_files_stash_id_lower_path", () => database.InsertFileAsync(app, stash, second));
    }

    [Fact]
    public async Task Refuses_to_move_a_file_to_where_a_folder_is()
    {
        await using var database = await app.OpenDatabaseAsync();
        var stash = await database.InsertStashAsync(app);
        await database.InsertFolderAsync(app, stash, "agents");
        var file = await database.InsertFileAsync(app, stash, "free");

        await RefusesAsync("tr_files_path_clash", () => database.ExecuteAsync("UPDATE stashes.files SET path = 'agents' WHERE id = $1", file));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(1_077)]
    [InlineData(1_149)]
    public async Task Refuses_to_move_many_files_of_which_one_would_be_where_a_folder_is(int taken)
    {
        await using var database = await app.OpenDatabaseAsync();
        var stash = await database.InsertStashAsync(app);
        await InsertManyFilesAsync(database, stash);
        await database.InsertFolderAsync(app, stash, $"MOVED-{taken}");

        await RefusesAsync("tr_files_path_clash", () => MoveAllFilesAsync(database, stash));
    }

    [Fact]
    public async Task Refuses_many_new_files_of_which_one_would_be_where_a_folder_is()
    {
        await using var database = await app.OpenDatabaseAsync();
        var stash = await database.InsertStashAsync(app);
        await database.InsertFolderAsync(app, stash, "FREE-1077");

        await RefusesAsync("tr_files_path_clash", () => InsertManyFilesAsync(database, stash));
    }

    [Fact]
    public async Task Moves_many_files_between_folders_of_similar_names_in_the_trash_and_in_another_stash()
    {
        await using var database = await app.OpenDatabaseAsync();
        var stash = await database.InsertStashAsync(app);
        await InsertManyFilesAsync(database, stash);
        await database.InsertFolderAsync(app, stash, "moved-1077a");
        await database.InsertFolderAsync(app, stash, "moved-1078", deleted: true);
        await database.InsertFolderAsync(app, await database.InsertStashAsync(app), "moved-1079");

        Assert.Equal(150, await MoveAllFilesAsync(database, stash));
    }

    [Fact]
    public async Task Refuses_to_bring_back_a_file_whose_place_a_folder_has_taken()
    {
        await using var database = await app.OpenDatabaseAsync();
        var stash = await database.InsertStashAsync(app);
        var file = await database.InsertFileAsync(app, stash, "agents", deleted: true);
        await database.InsertFolderAsync(app, stash, "agents");

        await RefusesAsync("tr_files_path_clash", () => database.ExecuteAsync("UPDATE stashes.files SET deleted_at = NULL WHERE id = $1", file));
    }

    [Fact]
    public async Task Refuses_to_bring_back_a_folder_whose_place_a_file_has_taken()
    {
        await using var database = await app.OpenDatabaseAsync();
        var stash = await database.InsertStashAsync(app);
        var folder = await database.InsertFolderAsync(app, stash, "agents", deleted: true);
        await database.InsertFileAsync(app, stash, "agents");

        await RefusesAsync("tr_folders_path_clash", () => database.ExecuteAsync("UPDATE stashes.folders SET deleted_at = NULL WHERE id = $1", folder));
    }

    [Fact]
    public async Task Takes_no_notice_of_what_lies_in_the_trash()
    {
        await using var database = await app.OpenDatabaseAsync();
        var stash = await database.InsertStashAsync(app);
        await database.InsertFolderAsync(app, stash, "agents", deleted: true);

        await database.InsertFileAsync(app, stash, "agents");
    }

    [Fact]
    public async Task Takes_no_notice_of_another_stash()
    {
        await using var database = await app.OpenDatabaseAsync();
        await database.InsertFolderAsync(app, await database.InsertStashAsync(app), "agents");

        await database.InsertFileAsync(app, await database.InsertStashAsync(app), "agents");
    }

    [Fact]
    public async Task Refuses_the_file_of_two_transactions_at_once_when_the_folder_was_first()
    {
        await using var first = await app.OpenDatabaseAsync();
        await using var second = await app.OpenDatabaseAsync();
        var stash = await first.InsertStashAsync(app);
        await using var transaction = await first.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await first.InsertFolderAsync(app, stash, "agents");

        var file = second.InsertFileAsync(app, stash, "Agents");
        await IsWaitingAsync(second);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        await RefusesAsync("tr_files_path_clash", () => file);
    }

    [Fact]
    public async Task Refuses_the_folder_of_two_transactions_at_once_when_the_file_was_first()
    {
        await using var first = await app.OpenDatabaseAsync();
        await using var second = await app.OpenDatabaseAsync();
        var stash = await first.InsertStashAsync(app);
        await using var transaction = await first.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await first.InsertFileAsync(app, stash, "agents");

        var folder = second.InsertFolderAsync(app, stash, "Agents");
        await IsWaitingAsync(second);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        await RefusesAsync("tr_folders_path_clash", () => folder);
    }

    [Fact]
    public async Task Lets_the_second_of_two_transactions_in_when_the_first_is_undone()
    {
        await using var first = await app.OpenDatabaseAsync();
        await using var second = await app.OpenDatabaseAsync();
        var stash = await first.InsertStashAsync(app);
        await using var transaction = await first.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await first.InsertFolderAsync(app, stash, "agents");

        var file = second.InsertFileAsync(app, stash, "agents");
        await IsWaitingAsync(second);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        await file;
    }

    /// <summary>As many as are looked up in another way than a few.</summary>
    private static Task<int> InsertManyFilesAsync(NpgsqlConnection database, Guid stash) => database.ExecuteAsync(
        """
        INSERT INTO stashes.files (id, name, path, content, file_type, kind, stash_id, owner_id, version, size, content_hash, created_at, updated_at)
        SELECT gen_random_uuid(), 'free-' || n, 'free-' || n, '', 'MARKDOWN', 'OTHER', id, user_id, 1, 0, sha256(''), now(), now()
        FROM stashes.stashes CROSS JOIN generate_series(1000, 1149) AS n
        WHERE id = $1
        """, stash);

    private static Task<int> MoveAllFilesAsync(NpgsqlConnection database, Guid stash) =>
        database.ExecuteAsync("UPDATE stashes.files SET path = replace(path, 'free', 'moved') WHERE stash_id = $1", stash);

    private static async Task RefusesAsync(string constraint, Func<Task> change)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(change);
        Assert.Equal((PostgresErrorCodes.UniqueViolation, constraint), (refusal.SqlState, refusal.ConstraintName));
    }

    private async Task IsWaitingAsync(NpgsqlConnection connection)
    {
        await using var watcher = await app.OpenDatabaseAsync();
        await Eventually.TrueAsync(
            async () => await watcher.ScalarAsync<string>("SELECT wait_event_type FROM pg_stat_activity WHERE pid = $1", connection.ProcessID) == "Lock",
            "the second transaction waits for the first");
    }
}
