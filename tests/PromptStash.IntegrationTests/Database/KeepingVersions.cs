using Npgsql;

namespace PromptStash.IntegrationTests.Database;

public sealed class KeepingVersions(PromptStashApp app)
{
    [Theory]
    [InlineData("content_hash = sha256('Rewritten')")]
    [InlineData("version = 2")]
    [InlineData("created_at = now()")]
    public async Task Lets_nobody_rewrite_history(string assignment)
    {
        await using var database = await app.OpenDatabaseAsync();
        var file = await database.InsertFileAsync(app, await database.InsertStashAsync(app), "kept.md");
        var version = await database.InsertVersionAsync(app, file);

        var refusal = await Assert.ThrowsAsync<PostgresException>(
            () => database.ExecuteAsync($"UPDATE stashes.file_versions SET {assignment} WHERE id = $1", version));

        Assert.Equal("tr_file_versions_immutable", refusal.ConstraintName);
    }

    [Fact]
    public async Task Lets_nobody_use_a_version_number_twice()
    {
        await using var database = await app.OpenDatabaseAsync();
        var file = await database.InsertFileAsync(app, await database.InsertStashAsync(app), "kept.md");
        await database.InsertVersionAsync(app, file, 7);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.InsertVersionAsync(app, file, 7));

        Assert.Equal("ix_file_versions_file_id_version", refusal.ConstraintName);
    }

    [Fact]
    public async Task Ends_with_the_file_that_is_gone_for_good()
    {
        await using var database = await app.OpenDatabaseAsync();
        var file = await database.InsertFileAsync(app, await database.InsertStashAsync(app), "kept.md");
        await database.InsertVersionAsync(app, file);

        await database.ExecuteAsync("DELETE FROM stashes.files WHERE id = $1", file);

        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM stashes.file_versions WHERE file_id = $1", file));
    }
}
