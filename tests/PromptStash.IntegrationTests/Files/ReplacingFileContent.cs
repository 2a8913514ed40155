namespace PromptStash.IntegrationTests.Files;

public sealed class ReplacingFileContent(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_the_version_that_was_read_makes_the_next_one()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "greeting.md", "Hello");

        var response = await ada.PutContentAsync(file, "\"v1\"", "Hello again");

        var answer = await response.ReadAsync(HttpStatusCode.OK);
        Assert.Equal((2, "\"v2\""), (answer.GetProperty("version").GetInt32(), response.Headers.ETag?.Tag));
    }

    [Fact]
    public async Task Of_a_version_someone_else_has_replaced_is_refused_and_changes_nothing()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "greeting.md", "Hello");
        await ada.PutContentAsync(file, "\"v1\"", "Hello again");

        var late = await ada.PutContentAsync(file, "\"v1\"", "Goodbye");

        await late.ReadAsync(HttpStatusCode.PreconditionFailed);
        Assert.Equal("Hello again", await ada.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled));
    }

    [Fact]
    public async Task Of_a_stale_version_is_told_the_current_one()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "greeting.md", "Hello");
        await ada.PutContentAsync(file, "\"v1\"", "Hello again");

        var late = await ada.PutContentAsync(file, "\"v1\"", "Goodbye");

        Assert.Equal("\"v2\"", late.Headers.ETag?.Tag);
    }

    [Theory]
    [InlineData("W/\"v1\"")]
    [InlineData("\"1\"")]
    [InlineData("v1")]
    [InlineData("\"v01x\"")]
    public async Task Under_a_tag_that_is_not_its_strong_one_is_refused(string tag)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "greeting.md", "Hello");

        var response = await ada.PutContentAsync(file, tag, "Goodbye");

        await response.ReadAsync(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task Under_any_tag_of_a_list_that_matches_succeeds()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "greeting.md", "Hello");

        var response = await ada.PutContentAsync(file, "\"v7\", \"v1\"", "Hello again");

        await response.ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_If_Match_is_answered_with_428()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "greeting.md", "Hello");

        var response = await ada.PutContentAsync(file, ifMatch: null, "Goodbye");

        await response.ReadAsync(HttpStatusCode.PreconditionRequired);
    }

    [Fact]
    public async Task With_the_same_content_makes_no_version()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "greeting.md", "Hello");

        var response = await ada.PutContentAsync(file, "\"v1\"", "Hello");

        var answer = await response.ReadAsync(HttpStatusCode.OK);
        Assert.Equal(1, answer.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task With_nothing_empties_it_and_keeps_what_it_held()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "greeting.md", "Hello");

        await (await ada.PutContentAsync(file, "\"v1\"", "")).ReadAsync(HttpStatusCode.OK);

        var first = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions/1", Cancelled);
        Assert.Equal("Hello", first.GetProperty("content").GetString());
    }

    [Fact]
    public async Task Of_another_users_file_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "secret.md", "Hello");

        var response = await eve.PutContentAsync(file, "\"v1\"", "Mine now");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
