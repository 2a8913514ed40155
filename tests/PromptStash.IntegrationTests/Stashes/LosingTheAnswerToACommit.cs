using Npgsql;

namespace PromptStash.IntegrationTests.Stashes;

/// <summary>The connection breaks after the database has committed and before it could say so. The work is neither lost nor done twice.</summary>
public sealed class LosingTheAnswerToACommit(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_new_stash_answers_the_stash()
    {
        await using var broken = await BreakAsync();

        var stash = await broken.CutAsync(client => client.PostAsJsonAsync("/api/v1/stashes", new { name = "Ambiguous" }, Cancelled), HttpStatusCode.Created);

        Assert.Equal("Ambiguous", stash.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Of_a_new_folder_answers_the_folder()
    {
        await using var broken = await BreakAsync();
        var stash = await broken.Client.DefaultStashAsync();

        var folder = await broken.CutAsync(client => client.PostAsJsonAsync($"/api/v1/stashes/{stash}/folders", new { path = "a/b" }, Cancelled), HttpStatusCode.Created);

        Assert.Equal("a/b", folder.GetProperty("path").GetString());
    }

    [Fact(DisplayName = "Fault 12: A file and its first version are there together, or neither is")]
    public async Task Of_a_new_file_answers_the_file_at_its_first_version()
    {
        await using var broken = await BreakAsync();
        var stash = await broken.Client.DefaultStashAsync();

        var file = await broken.CutAsync(client => client.PostFileAsync(stash, "a/b.md", "x"), HttpStatusCode.Created);

        Assert.Equal(["x"], await broken.VersionsAsync(file.GetProperty("id").GetGuid()));
    }

    [Fact(DisplayName = "Fault 12: A content and its version are there together, and once")]
    public async Task Of_a_new_content_answers_its_only_version()
    {
        await using var broken = await BreakAsync();
        var file = await broken.Client.CreateFileAsync(await broken.Client.DefaultStashAsync(), "a.md", "x");

        var written = await broken.CutAsync(client => client.PutContentAsync(file, "\"v1\"", "y"), HttpStatusCode.OK);

        Assert.Equal(2, written.GetProperty("version").GetInt32());
        Assert.Equal(["x", "y"], await broken.VersionsAsync(file));
    }

    [Fact(DisplayName = "Fault 12: A restored content and its version are there together, and once")]
    public async Task Of_a_restored_version_answers_the_version_that_it_became()
    {
        await using var broken = await BreakAsync();
        var file = await broken.Client.CreateFileAsync(await broken.Client.DefaultStashAsync(), "a.md", "x");
        await (await broken.Client.PutContentAsync(file, "\"v1\"", "y")).ReadAsync(HttpStatusCode.OK);

        var restored = await broken.CutAsync(client => RestoreAsync(client, file, version: 1, ifMatch: "\"v2\""), HttpStatusCode.OK);

        Assert.Equal(3, restored.GetProperty("version").GetInt32());
        Assert.Equal(["x", "y", "x"], await broken.VersionsAsync(file));
    }

    [Fact]
    public async Task Of_an_import_answers_what_the_import_did()
    {
        await using var broken = await BreakAsync();
        var stash = await broken.Client.DefaultStashAsync();

        var result = await broken.CutAsync(client => client.ImportAsync(stash, StashClient.Zip(("a.md", "1"), ("b.md", "2"))), HttpStatusCode.OK);

        Assert.Equal(2, result.GetProperty("created").GetInt32());
    }

    [Theory]
    [InlineData("""{"op":"put","path":"new/b.md","content":"2"}""", "CREATED")]
    [InlineData("""{"op":"move","path":"a","to":"b"}""", "MOVED")]
    [InlineData("""{"op":"delete","path":"a"}""", "DELETED")]
    public async Task Of_changes_to_a_stash_answers_what_they_came_to(string change, string outcome)
    {
        await using var broken = await BreakAsync();
        var stash = await broken.Client.DefaultStashAsync();
        await broken.Client.CreateFileAsync(stash, "a/a.md", "1");
        var changes = new[] { JsonSerializer.Deserialize<JsonElement>(change) };

        var result = await broken.CutAsync(
            client => client.PostAsJsonAsync($"/api/v1/stashes/{stash}/commits", new { message = "x", changes }, Cancelled), HttpStatusCode.OK);

        Assert.Equal(outcome, result.GetProperty("changes")[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Of_a_label_answers_the_label()
    {
        await using var broken = await BreakAsync();
        var file = await broken.Client.CreateFileAsync(await broken.Client.DefaultStashAsync(), "a.md", "x");

        var label = await broken.CutAsync(
            client => client.PutAsJsonAsync($"/api/v1/files/{file}/labels/stable", new { version = 1 }, Cancelled), HttpStatusCode.OK);

        Assert.Equal("stable", label.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Of_a_deleted_file_answers_that_it_is_deleted()
    {
        await using var broken = await BreakAsync();
        var file = await broken.Client.CreateFileAsync(await broken.Client.DefaultStashAsync(), "a.md", "x");

        await broken.CutAsync(client => client.DeleteAsync($"/api/v1/files/{file}", Cancelled), HttpStatusCode.NoContent);

        Assert.Equal(HttpStatusCode.NotFound, (await broken.Client.GetAsync($"/api/v1/files/{file}", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Of_a_deleted_stash_answers_that_it_is_deleted()
    {
        await using var broken = await BreakAsync();
        var stash = await broken.Client.DefaultStashAsync();

        await broken.CutAsync(client => client.DeleteAsync($"/api/v1/stashes/{stash}", Cancelled), HttpStatusCode.NoContent);

        Assert.Equal(HttpStatusCode.NotFound, (await broken.Client.GetAsync($"/api/v1/stashes/{stash}", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Of_a_moved_folder_answers_its_new_path()
    {
        await using var broken = await BreakAsync();
        var folder = await broken.Client.CreateFolderAsync(await broken.Client.DefaultStashAsync(), "a/b");

        var moved = await broken.CutAsync(client => client.PatchAsync($"folders/{folder}", new { name = "c" }), HttpStatusCode.OK);

        Assert.Equal("a/c", moved.Text("path"));
    }

    [Fact]
    public async Task Of_a_deleted_folder_answers_that_it_is_deleted()
    {
        await using var broken = await BreakAsync();
        var folder = await broken.Client.CreateFolderAsync(await broken.Client.DefaultStashAsync(), "a");

        await broken.CutAsync(client => client.DeleteAsync($"/api/v1/folders/{folder}", Cancelled), HttpStatusCode.NoContent);

        Assert.Single(await broken.Client.TrashAsync());
    }

    [Fact]
    public async Task Of_something_restored_answers_where_it_is()
    {
        await using var broken = await BreakAsync();
        var file = await broken.Client.CreateFileAsync(await broken.Client.DefaultStashAsync(), "a/b.md", "x");
        await broken.Client.RemoveAsync($"files/{file}");

        var restored = await broken.CutAsync(client => client.PostRestoreAsync(file), HttpStatusCode.OK);

        Assert.Equal("a/b.md", restored.Text("path"));
    }

    [Fact]
    public async Task Of_a_restored_stash_answers_its_name()
    {
        await using var broken = await BreakAsync();
        var stash = await broken.Client.CreateStashAsync("Back again");
        await broken.Client.RemoveAsync($"stashes/{stash}");

        var restored = await broken.CutAsync(client => client.PostRestoreAsync(stash), HttpStatusCode.OK);

        Assert.Equal("Back again", restored.Text("name"));
    }

    [Fact]
    public async Task Of_something_purged_answers_that_it_is_gone()
    {
        await using var broken = await BreakAsync();
        var file = await broken.Client.CreateFileAsync(await broken.Client.DefaultStashAsync(), "a.md", "x");
        await broken.Client.RemoveAsync($"files/{file}");

        await broken.CutAsync(client => client.DeleteAsync($"/api/v1/trash/{file}", Cancelled), HttpStatusCode.NoContent);

        Assert.Empty(await broken.Client.TrashAsync());
    }

    [Fact]
    public async Task Of_a_copied_file_answers_the_copy_and_makes_no_other()
    {
        await using var broken = await BreakAsync();
        var stash = await broken.Client.DefaultStashAsync();
        var file = await broken.Client.CreateFileAsync(stash, "a.md", "x");

        await broken.CutAsync(client => client.PostAsync($"files/{file}/copy", new { }), HttpStatusCode.Created);

        Assert.Equal(["a (2).md", "a.md"], await broken.Client.PathsAsync(stash));
    }

    [Fact]
    public async Task Of_a_copied_folder_answers_the_copy_and_makes_no_other()
    {
        await using var broken = await BreakAsync();
        var stash = await broken.Client.DefaultStashAsync();
        var folder = await broken.Client.CreateFolderAsync(stash, "a");

        await broken.CutAsync(client => client.PostAsync($"folders/{folder}/copy", new { }), HttpStatusCode.Created);

        Assert.Equal(["a", "a (2)"], await broken.Client.FolderPathsAsync(stash));
    }

    [Fact]
    public async Task Of_a_copied_stash_answers_the_copy()
    {
        await using var broken = await BreakAsync();
        var stash = await broken.Client.CreateStashAsync("Once");

        var copy = await broken.CutAsync(client => client.PostAsync($"stashes/{stash}/copy", new { }), HttpStatusCode.Created);

        Assert.Equal("Once (2)", copy.Text("name"));
    }

    [Fact]
    public async Task Of_many_deleted_files_answers_that_they_are_deleted()
    {
        await using var broken = await BreakAsync();
        var stash = await broken.Client.DefaultStashAsync();
        var file = await broken.Client.CreateFileAsync(stash, "a.md", "x");

        await broken.CutAsync(client => client.PostAsync($"stashes/{stash}/files/bulk", new { action = "DELETE", fileIds = (Guid[])[file] }), HttpStatusCode.OK);

        Assert.Single(await broken.Client.TrashAsync());
    }

    private static async Task<HttpResponseMessage> RestoreAsync(HttpClient client, Guid file, int version, string ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/files/{file}/versions/{version}/restore");
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);

        return await client.SendAsync(request, Cancelled);
    }

    private async Task<BrokenHouse> BreakAsync()
    {
        var proxy = new CuttingProxy(app.PgBouncer.Port);
        var api = await app.StartApiAsync(
            ("ConnectionStrings:promptstash", new NpgsqlConnectionStringBuilder(app.PooledConnection) { Port = proxy.Port }.ConnectionString),
            ("Outbox:PollInterval", "01:00:00"));

        return new BrokenHouse(proxy, api, await app.SignInAsync(api));
    }

    private sealed class BrokenHouse(CuttingProxy proxy, Microsoft.AspNetCore.Builder.WebApplication api, HttpClient client) : IAsyncDisposable
    {
        public HttpClient Client => client;

        public async Task<JsonElement> CutAsync(Func<HttpClient, Task<HttpResponseMessage>> request, HttpStatusCode expected)
        {
            proxy.CutNextCommit();
            using var response = await request(client);
            var body = await response.Content.ReadAsStringAsync(Cancelled);
            Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} {body}");
            Assert.Equal(1, proxy.Cuts);

            return body.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(body);
        }

        /// <summary>What the versions of a file hold, the oldest first, after a look that the file holds what the last one does.</summary>
        public async Task<List<string>> VersionsAsync(Guid file)
        {
            var texts = new List<string>();
            foreach (var version in (await client.AllPagesAsync($"files/{file}/versions")).Select(version => version.GetProperty("version").GetInt32()).Order())
            {
                Assert.Equal(texts.Count + 1, version);
                texts.Add((await client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions/{version}", Cancelled)).Text("content"));
            }

            Assert.Equal(texts[^1], await client.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled));

            return texts;
        }

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await api.DisposeAsync();
            await proxy.DisposeAsync();
        }
    }
}
