namespace PromptStash.IntegrationTests.Versions;

public sealed class RestoringVersions(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_the_old_content_a_new_version()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "one\r\n");
        await ada.PutContentAsync(file, "\"v1\"", "two");

        var answer = await (await RestoreAsync(ada, file, 1, "\"v2\"", "Better")).ReadAsync(HttpStatusCode.OK);

        var version = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions/3", Cancelled);
        Assert.Equal(3, answer.GetProperty("version").GetInt32());
        Assert.Equal(("one\r\n", "Better"), (version.GetProperty("content").GetString(), version.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Without_a_message_says_which_one_it_was()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "one");
        await ada.PutContentAsync(file, "\"v1\"", "two");

        await (await RestoreAsync(ada, file, 1, "\"v2\"")).ReadAsync(HttpStatusCode.OK);

        var version = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions/3", Cancelled);
        Assert.Equal("Restore version 1", version.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(null, HttpStatusCode.PreconditionRequired)]
    [InlineData("\"v1\"", HttpStatusCode.PreconditionFailed)]
    public async Task Over_one_that_was_not_read_is_refused_and_changes_nothing(string? ifMatch, HttpStatusCode expected)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "one");
        await ada.PutContentAsync(file, "\"v1\"", "two");

        var response = await RestoreAsync(ada, file, 1, ifMatch);

        await response.ReadAsync(expected);
        Assert.Equal("two", await ada.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled));
    }

    [Fact]
    public async Task That_do_not_exist_is_404()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "one");

        Assert.Equal(HttpStatusCode.NotFound, (await RestoreAsync(ada, file, 2, "\"v1\"")).StatusCode);
    }

    [Fact]
    public async Task Of_another_users_file_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "one");

        Assert.Equal(HttpStatusCode.NotFound, (await RestoreAsync(eve, file, 1, "*")).StatusCode);
    }

    private static Task<HttpResponseMessage> RestoreAsync(HttpClient client, Guid file, int version, string? ifMatch, string? message = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/files/{file}/versions/{version}/restore");
        if (message is not null)
        {
            request.Content = JsonContent.Create(new { message });
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return client.SendAsync(request, Cancelled);
    }
}
