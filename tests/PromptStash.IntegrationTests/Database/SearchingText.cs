using Npgsql;
using PromptStash.IntegrationTests.Database.Operations;

namespace PromptStash.IntegrationTests.Database;

public sealed class SearchingText(PromptStashApp app)
{
    [Theory]
    [InlineData("reviewer")] // a word of the name
    [InlineData("wombat")] // the content
    [InlineData("wombats")] // another form of it
    public async Task Finds_a_file_by_name_and_content(string word)
    {
        await using var database = await app.OpenDatabaseAsync();
        var file = await InsertAsync(database, ".claude/agents/code-reviewer.md", "Feed the wombat first.");

        Assert.True(await FindsAsync(database, file, word));
    }

    [Theory]
    [InlineData("content = 'Feed the capybara.'", "capybara", "wombat")]
    [InlineData("name = 'linter.md', path = 'rules/linter.md'", "linter", "reviewer")]
    public async Task Finds_what_was_changed_and_no_more_what_was_there(string assignment, string now, string before)
    {
        await using var database = await app.OpenDatabaseAsync();
        var file = await InsertAsync(database, ".claude/agents/code-reviewer.md", "Feed the wombat first.");

        await database.ExecuteAsync($"UPDATE stashes.files SET {assignment} WHERE id = $1", file);

        Assert.Equal((true, false), (await FindsAsync(database, file, now), await FindsAsync(database, file, before)));
    }

    [Fact]
    public async Task Puts_a_hit_in_the_name_before_one_in_the_content()
    {
        await using var database = await app.OpenDatabaseAsync();
        var inContent = await InsertAsync(database, "notes.md", "quokka");
        var inName = await InsertAsync(database, "quokka.md", "notes");

        Assert.True(await RankAsync(database, inName, "quokka") > await RankAsync(database, inContent, "quokka"));
    }

    [Fact]
    public async Task Takes_a_text_with_more_different_words_than_a_search_vector_holds()
    {
        await using var database = await app.OpenDatabaseAsync();
        var words = string.Join(' ', Enumerable.Range(0, 60_000).Select(number => $"w{number:x}ordwithmanyletters{number}"));

        var file = await InsertAsync(database, "long.md", words);

        Assert.True(await FindsAsync(database, file, "w0ordwithmanyletters0"));
    }

    [Theory]
    [InlineData("\u8BF7\u68C0\u67E5\u6D4B\u8BD5")]
    [InlineData("cafe\u0301")]
    [InlineData("caf\u00E9 plain")]
    public async Task Of_what_was_there_before_characters_were_words_is_the_same_back_and_forth(string content)
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        await InsertAsync(database, "a.md", content);
        var now = await EntryAsync();

        // What is due to be checked is found in the files again, by the former program as on the way back up.
        (await app.VerbAsync(name, "rollback", "stashes", "20261127174100_LightMoves", "--without-backup", "--accept-data-loss", "stashes.checks_due")).Ends(0);
        var before = await EntryAsync();
        await InsertAsync(database, "a.md", content);
        Assert.Equal([before], await database.ColumnAsync("SELECT DISTINCT vector::text FROM stashes.file_search"));
        (await app.VerbAsync(name)).Ends(0);

        Assert.Equal([now], await database.ColumnAsync("SELECT DISTINCT vector::text FROM stashes.file_search"));

        async Task<string> EntryAsync() => (await database.ScalarAsync<string>("SELECT vector::text FROM stashes.file_search"))!;
    }

    private async Task<Guid> InsertAsync(NpgsqlConnection database, string path, string content) =>
        await database.InsertFileAsync(app, await database.InsertStashAsync(app), path, content);

    private static Task<bool> FindsAsync(NpgsqlConnection database, Guid file, string word) => database.ScalarAsync<bool>(
        "SELECT vector @@ plainto_tsquery('pg_catalog.english', $2) FROM stashes.file_search WHERE file_id = $1", file, word);

    private static Task<float> RankAsync(NpgsqlConnection database, Guid file, string word) => database.ScalarAsync<float>(
        "SELECT ts_rank(vector, plainto_tsquery('pg_catalog.english', $2)) FROM stashes.file_search WHERE file_id = $1", file, word);
}
