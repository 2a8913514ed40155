using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Validation;

public sealed class ChangingTheRules(PromptStashApp app)
{
    private const string Nameless = "---\ndescription: Reviews changes\nmodel: opus\n---\nRead the diff first.\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0")]
    [InlineData("NULL")]
    public async Task Has_files_checked_again_when_the_API_starts(string checkedRules)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".claude/agents/a.md", Nameless);
        await ForgetAsync(file, checkedRules);

        await using var api = await app.StartApiAsync();

        await Eventually.TrueAsync(async () => await ErrorsAsync(ada, file) == 1, "the file is checked again");
    }

    [Fact]
    public async Task Changes_neither_the_version_nor_its_time()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".claude/agents/a.md", Nameless);
        var before = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled);
        await ForgetAsync(file, "NULL");

        await using var api = await app.StartApiAsync();

        await Eventually.TrueAsync(async () => await ErrorsAsync(ada, file) == 1, "the file is checked again");
        Assert.Equal(before.GetRawText(), (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).GetRawText());
    }

    [Fact]
    public async Task Leaves_a_file_alone_of_which_somebody_says_meanwhile_what_it_is()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, ".claude/agents/a.md", Nameless);
        var after = await ada.CreateFileAsync(stash, ".claude/agents/b.md", Nameless);
        await ForgetAsync(after, "NULL");
        await ForgetAsync(file, "NULL");
        await using var database = await app.OpenDatabaseAsync();
        await using var saying = await database.BeginTransactionAsync(Cancelled);
        await database.ExecuteAsync("UPDATE stashes.files SET kind = 'RULE' WHERE id = $1", file);

        await using var api = await app.StartApiAsync();
        await app.SomebodyWaitsForAsync(database);
        await saying.CommitAsync(Cancelled);

        // Files are checked in the order of their ids, so when this one is, the other one was passed.
        await Eventually.TrueAsync(async () => await ErrorsAsync(ada, after) == 1, "the file after it is checked again");
        Assert.Equal(0, await ErrorsAsync(ada, file));
    }

    private static async Task<int> ErrorsAsync(HttpClient client, Guid file) =>
        (await client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled)).GetProperty("findings").GetProperty("errors").GetInt32();

    private async Task ForgetAsync(Guid file, string checkedRules)
    {
        await using var connection = await app.OpenDatabaseAsync();
        await using var command = new NpgsqlCommand($"UPDATE stashes.files SET checked_rules = {checkedRules}, errors = 0, fields = '{{}}', tokens = NULL WHERE id = $1", connection)
        {
            Parameters = { new() { Value = file } },
        };
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancelled));
    }
}
