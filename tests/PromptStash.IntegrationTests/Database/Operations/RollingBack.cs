namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class RollingBack(PromptStashApp app)
{
    [Fact]
    public async Task And_migrating_again_makes_the_same_schema()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        (await app.VerbAsync(database, "rollback", "sharing", "0", "--without-backup")).Ends(0);
        var pending = (await app.VerbAsync(database, "status")).Ends(4);
        (await app.VerbAsync(database)).Ends(0);

        Assert.Contains("pending:", pending.Output, StringComparison.Ordinal);
        await Catalog.IsLikeACleanOneAsync(app, database);
    }

    [Fact]
    public async Task Where_rows_would_be_lost_is_refused_and_changes_nothing()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        var share = await connection.InsertShareAsync(app, app.NewId());

        var answer = (await app.VerbAsync(database, "rollback", "sharing", "0", "--without-backup")).Ends(3);

        Assert.Contains("--accept-data-loss sharing.file_shares", answer.Errors, StringComparison.Ordinal);
        Assert.Equal(share, await connection.ScalarAsync<Guid>("SELECT id FROM sharing.file_shares"));
    }

    [Fact]
    public async Task With_one_of_two_losing_tables_accepted_is_refused()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.InsertFileAsync(app, await connection.InsertStashAsync(app), "a.md");

        var answer = (await app.VerbAsync(database, "rollback", "stashes", "0", "--without-backup", "--accept-data-loss", "stashes.files")).Ends(3);

        Assert.Contains("stashes.stashes", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_loss_accepted_goes_through()
    {
        var database = await app.CreateMigratedDatabaseAsync();
        await using var connection = await app.OpenDatabaseAsync(database);
        await connection.InsertShareAsync(app, app.NewId());

        (await app.VerbAsync(database, "rollback", "sharing", "0", "--without-backup", "--accept-data-loss", "sharing.file_shares")).Ends(0);

        Assert.Empty(await connection.ColumnAsync("SELECT tablename::text FROM pg_tables WHERE schemaname = 'sharing' AND tablename <> '__EFMigrationsHistory'"));
    }

    [Fact]
    public async Task Keeps_its_hands_off_when_there_is_no_backup_to_be_had()
    {
        var database = await app.CreateMigratedDatabaseAsync();

        (await app.VerbAsync(database, "rollback", "identity", "Initial", "--backup", "/no/such/folder/a.dump")).Ends(1);

        (await app.VerbAsync(database, "status")).Ends(0);
    }
}
