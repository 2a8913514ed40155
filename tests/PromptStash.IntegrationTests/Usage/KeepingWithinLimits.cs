using System.Text;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Usage;

public sealed class KeepingWithinLimits(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tells_use_and_limit()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a.md", "12345");
        await (await ada.PutContentAsync(file, "*", "1234567")).ReadAsync(HttpStatusCode.OK);
        await ada.CreateFileAsync(stash, "copy.md", "12345");

        var usage = await ada.GetFromJsonAsync<JsonElement>("/api/v1/usage", Cancelled);

        // The text that two files hold counts once.
        Assert.Equal((1, 1000), Use(usage, "stashes"));
        Assert.Equal((0, 100_000), Use(usage, "folders"));
        Assert.Equal((2, 100_000), Use(usage, "files"));
        Assert.Equal((12, 2_147_483_648), Use(usage, "bytes"));
    }

    [Fact]
    public async Task Refuses_one_stash_too_many_and_tells_use_and_limit()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxStashesPerUser", "2"));
        using var ada = await app.SignInAsync(api);
        await ada.DefaultStashAsync();
        await ada.CreateStashAsync("Second");

        var problem = await (await ada.PostAsJsonAsync("/api/v1/stashes", new { name = "Third" }, Cancelled)).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal(("stashes", 2, 3, 2), Refusal(problem));
    }

    [Fact]
    public async Task Refuses_one_file_too_many_and_tells_use_and_limit()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxFilesPerUser", "1"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "a.md", "1");

        var problem = await (await ada.PostFileAsync(stash, "b.md", "2")).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal(("files", 1, 2, 1), Refusal(problem));
        Assert.Equal(["a.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Refuses_a_version_that_is_too_much_and_keeps_the_old_one()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxBytesPerUser", "10"));
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "123456");

        var problem = await (await ada.PutContentAsync(file, "*", "12345")).ReadAsync(HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal(("bytes", 6, 11, 10), Refusal(problem));
        Assert.Equal("123456", await ada.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled));
    }

    [Theory]
    [InlineData("files/FILE/copy", "{}")]
    [InlineData("stashes/STASH/copy", "{}")]
    [InlineData("stashes/STASH/files", """{"path":"b.md","content":"123456"}""")]
    [InlineData("stashes/STASH/commits", """{"message":"One more","changes":[{"op":"put","path":"b.md","content":"123456"}]}""")]
    public async Task Counts_every_copy_of_a_text_that_the_files_hold_now(string route, string body)
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxBytesPerUser", "10"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a.md", "123456");

        var problem = await (await PostAsync(ada, route, stash, file, body)).ReadAsync(HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal(("bytes", 6, 12, 10), Refusal(problem));
        Assert.Equal(["a.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Gives_the_room_of_copies_back_when_they_grow_shorter_or_go()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        List<Guid> files = [];
        for (var n = 0; n < 3; n++)
        {
            files.Add(await ada.CreateFileAsync(stash, $"{n}.md", "1234567890"));
        }

        List<long> used = [await UsedBytesAsync(ada)];
        await (await ada.PutContentAsync(files[0], "*", "12345")).ReadAsync(HttpStatusCode.OK);
        used.Add(await UsedBytesAsync(ada));
        Assert.Equal(HttpStatusCode.NoContent, (await ada.DeleteAsync($"/api/v1/files/{files[1]}", Cancelled)).StatusCode);
        used.Add(await UsedBytesAsync(ada));
        Assert.Equal(HttpStatusCode.NoContent, (await ada.DeleteAsync($"/api/v1/trash/{files[1]}", Cancelled)).StatusCode);
        used.Add(await UsedBytesAsync(ada));

        // In the end two versions of ten and five characters, and files of five and ten.
        Assert.Equal([30, 25, 25, 15], used);
    }

    [Theory]
    [InlineData("stashes/STASH/folders", """{"path":"two/three"}""")]
    [InlineData("stashes/STASH/files", """{"path":"two/three/b.md","content":"2"}""")]
    [InlineData("stashes/STASH/commits", """{"message":"More","changes":[{"op":"put","path":"two/three/b.md","content":"2"}]}""")]
    [InlineData("stashes/STASH/copy", "{}")]
    [InlineData("folders/FOLDER/copy", """{"parentId":null,"name":"two"}""")]
    public async Task Refuses_folders_too_many_by_whatever_way_they_would_come(string route, string body)
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxFoldersPerUser", "3"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one/half/a.md", "1");
        var folder = (await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled)).GetProperty("folders")[0].GetProperty("id").GetGuid();

        var problem = await (await PostAsync(ada, route.Replace("FOLDER", $"{folder}", StringComparison.Ordinal), stash, file, body)).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal(("folders", 2, 4, 3), Refusal(problem));
        Assert.Equal(["one/half/a.md"], await ada.PathsAsync(stash));
    }

    [Theory]
    [InlineData("two/three/", "")]
    [InlineData("two/three/b.md", "2")]
    public async Task Refuses_folders_too_many_of_an_archive_with_files_and_without(string path, string content)
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxFoldersPerUser", "3"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "one/half/a.md", "1");

        var problem = await (await ada.ImportAsync(stash, StashClient.Zip((path, content)))).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal(("folders", 2, 4, 3), Refusal(problem));
        Assert.Equal(["one/half/a.md"], await ada.PathsAsync(stash));
    }

    [Theory]
    [InlineData("Stashes:MaxFilesPerUser", "2", HttpStatusCode.Conflict)]
    [InlineData("Stashes:MaxBytesPerUser", "5", HttpStatusCode.RequestEntityTooLarge)]
    public async Task Refuses_an_import_as_a_whole(string setting, string limit, HttpStatusCode status)
    {
        await using var api = await app.StartApiAsync((setting, limit));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();

        await (await ada.ImportAsync(stash, StashClient.Zip(("a.md", "12"), ("b.md", "34"), ("c.md", "56")))).ReadAsync(status);

        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Theory]
    [InlineData("files/FILE/copy", "{}")]
    [InlineData("stashes/STASH/copy", "{}")]
    [InlineData("stashes/STASH/commits", """{"message":"One more","changes":[{"op":"put","path":"b.md","content":"2"}]}""")]
    public async Task Refuses_a_file_too_many_by_whatever_way_it_would_come(string route, string body)
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxFilesPerUser", "1"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a.md", "1");

        var problem = await (await PostAsync(ada, route, stash, file, body)).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal(("files", 1, 2, 1), Refusal(problem));
        Assert.Equal(["a.md"], await ada.PathsAsync(stash));
    }

    [Theory]
    [InlineData("""{"op":"delete","path":"a.md"}""")]
    [InlineData("""{"op":"move","path":"a.md","to":"c.md"}""")]
    [InlineData("""{"op":"put","path":"a.md","content":"3"}""")]
    public async Task Lets_somebody_with_too_many_files_commit_what_adds_none(string change)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "a.md", "1");
        await ada.CreateFileAsync(stash, "b.md", "2");
        await using var api = await app.StartApiAsync(("Stashes:MaxFilesPerUser", "1"));

        var address = PromptStashApp.AddressOf(api);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"/api/v1/stashes/{stash}/commits"))
        {
            Headers = { { "Origin", address.GetLeftPart(UriPartial.Authority) } },
            Content = new StringContent($$"""{"message":"Less","changes":[{{change}}]}""", Encoding.UTF8, "application/json"),
        };
        var response = await ada.SendAsync(request, Cancelled);

        await response.ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Lets_no_two_writers_at_once_both_take_the_last_place()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxFilesPerUser", "5"));
        using var ada = await app.SignInAsync(api);
        var stashes = new List<Guid>();
        for (var n = 0; n < 12; n++)
        {
            stashes.Add(await ada.CreateStashAsync($"Stash {n}"));
        }

        // Of different stashes, so that it is not the stash's lock that they wait for.
        var answers = await Task.WhenAll(stashes.Select(stash => ada.PostFileAsync(stash, "a.md", "1")));

        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Sums_up_what_was_noted_without_losing_what_is_added_meanwhile()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        var owner = app.NewId();
        await database.ExecuteAsync(
            "INSERT INTO stashes.usage_changes (owner_id, stashes, files, bytes) SELECT $1, 1, n, 2 * n FROM generate_series(1, 100) AS n", owner);
        await using var writer = await app.OpenDatabaseAsync(name);
        await using var writing = await writer.BeginTransactionAsync(Cancelled);
        await writer.ExecuteAsync("INSERT INTO stashes.usage_changes (owner_id, stashes, files, bytes) VALUES ($1, 1, 1, 1)", owner);

        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.Postgres.ConnectionString(name)));
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM stashes.usage_changes WHERE owner_id = $1", owner) == 1, "the rows are summed up");
        await writing.CommitAsync(Cancelled);

        Assert.Equal(
            ["101 5051 10101"],
            await database.ColumnAsync("SELECT concat_ws(' ', sum(stashes), sum(files), sum(bytes)) FROM stashes.usage_changes WHERE owner_id = $1", owner));
    }

    [Fact]
    public async Task Sums_up_what_was_noted_of_texts()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var database = await app.OpenDatabaseAsync(name);
        var owner = app.NewId();
        await database.ExecuteAsync("INSERT INTO stashes.text_changes (owner_id, bytes) SELECT $1, n FROM generate_series(1, 100) AS n", owner);

        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.Postgres.ConnectionString(name)));
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM stashes.text_changes WHERE owner_id = $1", owner) == 1, "the rows are summed up");

        Assert.Equal(5050, await database.ScalarAsync<long>("SELECT sum(bytes)::bigint FROM stashes.text_changes WHERE owner_id = $1", owner));
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string route, Guid stash, Guid file, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        return await client.PostAsync(
            $"/api/v1/{route.Replace("FILE", $"{file}", StringComparison.Ordinal).Replace("STASH", $"{stash}", StringComparison.Ordinal)}", content, Cancelled);
    }

    private static async Task<long> UsedBytesAsync(HttpClient client) =>
        Use(await client.GetFromJsonAsync<JsonElement>("/api/v1/usage", Cancelled), "bytes").Used;

    private static (long Used, long Limit) Use(JsonElement usage, string of) =>
        (usage.GetProperty(of).GetProperty("used").GetInt64(), usage.GetProperty(of).GetProperty("limit").GetInt64());

    private static (string?, long, long, long) Refusal(JsonElement problem) => (
        problem.GetProperty("resource").GetString(),
        problem.GetProperty("used").GetInt64(),
        problem.GetProperty("needed").GetInt64(),
        problem.GetProperty("limit").GetInt64());
}
