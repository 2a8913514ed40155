using Microsoft.Extensions.Time.Testing;
using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Trash;

public sealed class PurgingTheTrash(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leaves_no_row_of_what_was_thrown_away()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/b/one.md", "first");
        await (await ada.PutContentAsync(file, "\"v1\"", "second")).ReadAsync(HttpStatusCode.OK);
        var folder = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled)).GetProperty("folders")[0].GetProperty("id").GetGuid();
        await ada.RemoveAsync($"folders/{folder}");

        await ada.RemoveAsync($"trash/{folder}");

        await using var database = await app.OpenDatabaseAsync();
        Assert.Equal(0, await database.ScalarAsync<long>(
            """
            SELECT (SELECT count(*) FROM stashes.folders WHERE stash_id = $1)
                 + (SELECT count(*) FROM stashes.files WHERE stash_id = $1)
                 + (SELECT count(*) FROM stashes.file_versions WHERE file_id = $2)
                 + (SELECT count(*) FROM stashes.file_search WHERE file_id = $2)
                 + (SELECT count(*) FROM stashes.contents WHERE owner_id = (SELECT user_id FROM stashes.stashes WHERE id = $1))
            """, stash, file));
        Assert.Equal(HttpStatusCode.NotFound, (await ada.PostRestoreAsync(folder)).StatusCode);
    }

    [Fact]
    public async Task Of_a_stash_takes_everything_in_it_along()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Doomed");
        await ada.CreateFileAsync(stash, "a/one.md", "1");
        var single = await ada.CreateFileAsync(stash, "a/two.md", "2");
        await ada.RemoveAsync($"files/{single}");
        await ada.RemoveAsync($"stashes/{stash}");

        await ada.RemoveAsync($"trash/{stash}");

        await using var database = await app.OpenDatabaseAsync();
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM stashes.files WHERE stash_id = $1", stash));
        Assert.Empty(await ada.TrashAsync());
    }

    [Fact]
    public async Task Keeps_a_content_that_another_file_has()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var one = await ada.CreateFileAsync(stash, "one.md", "the same");
        var two = await ada.CreateFileAsync(stash, "two.md", "the same");
        await ada.RemoveAsync($"files/{one}");

        await ada.RemoveAsync("trash");

        Assert.Equal("the same", (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{two}", Cancelled)).Text("content"));
    }

    [Fact]
    public async Task Packs_again_what_was_packed_against_something_that_goes()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var texts = Enumerable.Range(0, 5).Select(i => string.Join('\n', Enumerable.Range(0, 200).Select(line => $"line {line} of a text, {(line == i * 7 ? i : 0)}"))).ToArray();
        var doomed = await ada.CreateFileAsync(stash, "doomed.md", texts[0]);
        for (var i = 1; i < texts.Length; i++)
        {
            await (await ada.PutContentAsync(doomed, "*", texts[i])).ReadAsync(HttpStatusCode.OK);
        }

        // The third of five in the chain is kept by another file, and with it nothing else.
        var kept = await ada.CreateFileAsync(stash, "kept.md", texts[2]);
        await using var database = await app.OpenDatabaseAsync();
        const string Contents = "SELECT encode(hash, 'hex') FROM stashes.contents WHERE owner_id = (SELECT user_id FROM stashes.stashes WHERE id = $1)";
        Assert.Equal(5, (await database.ColumnAsync(Contents, stash)).Count);
        Assert.NotEmpty(await database.ColumnAsync(Contents + " AND base_hash IS NOT NULL AND hash = sha256(convert_to($2, 'UTF8'))", stash, texts[2]));
        await ada.RemoveAsync($"files/{doomed}");

        await ada.RemoveAsync($"trash/{doomed}");

        Assert.Single(await database.ColumnAsync(Contents + " AND base_hash IS NULL", stash));
        Assert.Equal(texts[2], (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{kept}", Cancelled)).Text("content"));
    }

    [Fact]
    public async Task Gives_the_space_back()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one.md", "something");
        await ada.RemoveAsync($"files/{file}");

        await ada.RemoveAsync("trash");

        await using var database = await app.OpenDatabaseAsync();
        Assert.Equal("0 0", await database.ScalarAsync<string>(
            "SELECT sum(files) || ' ' || sum(bytes) FROM stashes.usage_changes WHERE owner_id = (SELECT user_id FROM stashes.stashes WHERE id = $1)", stash));
    }

    [Fact]
    public async Task While_others_write_the_same_texts_loses_none_of_theirs()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var written = new List<Guid>();

        // Each round throws a text away for good while another request stores the same one.
        for (var round = 0; round < 20; round++)
        {
            var text = $"the text of round {round}";
            var doomed = await ada.CreateFileAsync(stash, $"doomed{round}.md", text);
            await ada.RemoveAsync($"files/{doomed}");
            var purge = ada.DeleteAsync($"/api/v1/trash/{doomed}", Cancelled);
            var write = ada.PostFileAsync(stash, $"kept{round}.md", text);
            await (await purge).ReadNothingAsync();
            written.Add((await (await write).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid());
        }

        for (var round = 0; round < written.Count; round++)
        {
            Assert.Equal($"the text of round {round}", (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{written[round]}", Cancelled)).Text("content"));
        }
    }

    [Fact]
    public async Task Happens_by_itself_after_thirty_days_and_not_before()
    {
        // A database and a clock of its own: what other tests threw away must not be purged with it.
        var database = await app.CreateMigratedDatabaseAsync();
        var time = TestClock.Start();
        await using var api = await app.StartApiAsync(
            time, ("ConnectionStrings:promptstash", new NpgsqlConnectionStringBuilder(app.Postgres.ConnectionString(database)) { MaxPoolSize = 10 }.ConnectionString));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var early = await ada.CreateFileAsync(stash, "early.md", "1");
        await ada.RemoveAsync($"files/{early}");
        time.Advance(TimeSpan.FromDays(2));
        var late = await ada.CreateFileAsync(stash, "late.md", "2");
        await ada.RemoveAsync($"files/{late}");

        time.Advance(TimeSpan.FromDays(28) + TimeSpan.FromHours(2));

        await using var connection = await app.OpenDatabaseAsync(database);
        await Eventually.TrueAsync(
            async () => !await connection.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM stashes.files WHERE id = $1)", early),
            "what was thrown away more than thirty days ago is gone");
        Assert.True(await connection.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM stashes.files WHERE id = $1)", late));
    }
}
