namespace PromptStash.IntegrationTests.Files;

public sealed class ChangingManyFiles(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Moves_all_of_them()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var files = await ThreeAsync(ada, stash);
        var folder = await ada.CreateFolderAsync(stash, "x");

        await (await BulkAsync(ada, stash, new { action = "MOVE", fileIds = files, folderId = folder })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["x/0.md", "x/1.md", "x/2.md"], await ada.PathsAsync(stash));
    }

    [Theory]
    [InlineData("move")]
    [InlineData("delete")]
    [InlineData("tag")]
    [InlineData("untag")]
    public async Task Takes_what_to_do_in_lower_case_too(string action)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var done = await (await BulkAsync(ada, stash, new { action, fileIds = await ThreeAsync(ada, stash), folderId = (Guid?)null, tags = action.EndsWith("tag", StringComparison.Ordinal) ? (string[])["a"] : null }))
            .ReadAsync(HttpStatusCode.OK);

        Assert.Equal(action.ToUpperInvariant(), done.Text("action"));
    }

    [Fact]
    public async Task Moves_none_of_them_when_two_would_meet()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var one = await ada.CreateFileAsync(stash, "a/same.md", "1");
        var two = await ada.CreateFileAsync(stash, "b/SAME.md", "2");
        var free = await ada.CreateFileAsync(stash, "c/free.md", "3");

        var problem = await (await BulkAsync(ada, stash, new { action = "MOVE", fileIds = (Guid[])[one, two, free], folderId = (Guid?)null })).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal([one, two], problem.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("fileId").GetGuid()));
        Assert.Equal(["a/same.md", "b/SAME.md", "c/free.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Moves_none_of_them_when_something_is_in_the_way()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/one.md", "1");
        var folderLike = await ada.CreateFileAsync(stash, "a/b", "2");
        await ada.CreateFileAsync(stash, "ONE.md", "3");
        await ada.CreateFolderAsync(stash, "B");

        var problem = await (await BulkAsync(ada, stash, new { action = "MOVE", fileIds = (Guid[])[file, folderLike], folderId = (Guid?)null })).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal(2, problem.GetProperty("files").GetArrayLength());
    }

    [Fact]
    public async Task Deletes_each_into_the_trash_by_itself()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var files = await ThreeAsync(ada, stash);

        await (await BulkAsync(ada, stash, new { action = "DELETE", fileIds = files })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(files.Order(), (await ada.TrashAsync()).Select(item => item.GetProperty("id").GetGuid()).Order());
        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Changes_nothing_when_one_is_not_there()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var files = await ThreeAsync(ada, stash);
        var elsewhere = await ada.CreateFileAsync(await ada.CreateStashAsync("Elsewhere"), "one.md", "1");

        var problem = await (await BulkAsync(ada, stash, new { action = "DELETE", fileIds = (Guid[])[.. files, elsewhere] })).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal(elsewhere, Assert.Single(problem.GetProperty("files").EnumerateArray()).GetProperty("fileId").GetGuid());
        Assert.Equal(3, (await ada.PathsAsync(stash)).Count);
    }

    [Fact]
    public async Task Tags_and_untags_all_of_them()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var files = await ThreeAsync(ada, stash);

        await (await BulkAsync(ada, stash, new { action = "TAG", fileIds = files, tags = (string[])["red", "Blue"] })).ReadAsync(HttpStatusCode.OK);
        await (await BulkAsync(ada, stash, new { action = "UNTAG", fileIds = files[..1], tags = (string[])["RED", "unknown"] })).ReadAsync(HttpStatusCode.OK);

        var tags = await ada.AllPagesAsync("tags");
        Assert.Equal(["Blue 3", "red 2"], tags.Select(tag => $"{tag.Text("name")} {tag.GetProperty("fileCount").GetInt32()}"));
    }

    [Theory]
    [InlineData("""{"action":"TAG","fileIds":["0199a1b2-0000-7000-8000-000000000001"]}""", "tags")]
    [InlineData("""{"action":"MOVE","fileIds":[],"folderId":null}""", "fileIds")]
    [InlineData("""{"action":"MOVE","fileIds":["0199a1b2-0000-7000-8000-000000000001"]}""", "folderId")]
    [InlineData("""{"action":"MOVE","fileIds":["0199a1b2-0000-7000-8000-000000000001"],"folder":"0199a1b2-0000-7000-8000-000000000002"}""", "folderId")]
    [InlineData("""{"fileIds":["0199a1b2-0000-7000-8000-000000000001"]}""", "action")]
    public async Task Refuses_what_names_too_little(string body, string field)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var response = await ada.PostAsync($"/api/v1/stashes/{stash}/files/bulk", new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")), Cancelled);

        Assert.True((await response.ReadAsync(HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Takes_no_more_than_a_thousand()
    {
        using var ada = await app.SignInAsync();
        var ids = Enumerable.Range(0, 1001).Select(_ => Guid.CreateVersion7(app.Time.GetUtcNow())).ToArray();

        await (await BulkAsync(ada, await ada.DefaultStashAsync(), new { action = "DELETE", fileIds = ids })).ReadAsync(HttpStatusCode.BadRequest);
    }

    private static async Task<Guid[]> ThreeAsync(HttpClient client, Guid stash)
    {
        var files = new Guid[3];
        for (var i = 0; i < files.Length; i++)
        {
            files[i] = await client.CreateFileAsync(stash, $"f{i}/{i}.md", $"{i}");
        }

        return files;
    }

    private static Task<HttpResponseMessage> BulkAsync(HttpClient client, Guid stash, object body) => client.PostAsync($"stashes/{stash}/files/bulk", body);
}
