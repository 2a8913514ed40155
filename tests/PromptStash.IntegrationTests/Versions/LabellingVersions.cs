namespace PromptStash.IntegrationTests.Versions;

public sealed class LabellingVersions(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stable", "one", 1)]
    [InlineData("1", "one", 1)]
    [InlineData("latest", "two", 2)]
    public async Task Lets_a_reader_ask_for_one_by_name(string name, string content, int version)
    {
        using var ada = await app.SignInAsync();
        var file = await CreateTwoVersionsAsync(ada);
        await (await LabelAsync(ada, file, "stable", 1)).ReadAsync(HttpStatusCode.OK);

        var read = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}?version={name}", Cancelled);
        var raw = await ada.GetAsync($"/api/v1/files/{file}/raw?version={name}", Cancelled);

        Assert.Equal((content, version, 3), (read.GetProperty("content").GetString(), read.GetProperty("version").GetInt32(), read.GetProperty("size").GetInt32()));
        Assert.Equal((content, $"\"v{version}\""), (await raw.Content.ReadAsStringAsync(Cancelled), raw.Headers.ETag?.Tag));
    }

    [Theory]
    [InlineData("unknown", HttpStatusCode.NotFound)]
    [InlineData("3", HttpStatusCode.NotFound)]
    [InlineData("0", HttpStatusCode.NotFound)]
    [InlineData("99999999999", HttpStatusCode.NotFound)]
    [InlineData("No%20name", HttpStatusCode.BadRequest)]
    [InlineData("-1", HttpStatusCode.BadRequest)]
    [InlineData("%00", HttpStatusCode.BadRequest)]
    public async Task That_nobody_made_cannot_be_read(string name, HttpStatusCode expected)
    {
        using var ada = await app.SignInAsync();
        var file = await CreateTwoVersionsAsync(ada);

        Assert.Equal(expected, (await ada.GetAsync($"/api/v1/files/{file}?version={name}", Cancelled)).StatusCode);
        Assert.Equal(expected, (await ada.GetAsync($"/api/v1/files/{file}/raw?version={name}", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Can_be_moved_to_another_one_and_is_shown_with_the_file()
    {
        using var ada = await app.SignInAsync();
        var file = await CreateTwoVersionsAsync(ada);
        await LabelAsync(ada, file, "stable", 1);
        await LabelAsync(ada, file, "beta", 2);

        await (await LabelAsync(ada, file, "stable", 2)).ReadAsync(HttpStatusCode.OK);

        var details = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled);
        var list = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/labels", Cancelled);
        Assert.Equal(["beta 2", "stable 2"], Labels(details.GetProperty("labels")));
        Assert.Equal(["beta 2", "stable 2"], Labels(list.GetProperty("items")));
    }

    [Fact]
    public async Task Ends_when_it_is_deleted_and_the_version_stays()
    {
        using var ada = await app.SignInAsync();
        var file = await CreateTwoVersionsAsync(ada);
        await LabelAsync(ada, file, "stable", 1);

        var deleted = await ada.DeleteAsync($"/api/v1/files/{file}/labels/stable", Cancelled);
        var again = await ada.DeleteAsync($"/api/v1/files/{file}/labels/stable", Cancelled);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (deleted.StatusCode, again.StatusCode));
        Assert.Equal("one", await ada.GetStringAsync($"/api/v1/files/{file}/raw?version=1", Cancelled));
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("7")]
    [InlineData("Stable")]
    [InlineData("-beta")]
    [InlineData("a%20b")]
    [InlineData("\u00E4")]
    [InlineData("a12345678901234567890123456789012345678901234567890")]
    public async Task Under_a_name_that_is_none_is_refused(string name)
    {
        using var ada = await app.SignInAsync();
        var file = await CreateTwoVersionsAsync(ada);

        var problem = await (await LabelAsync(ada, file, name, 1)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("name", out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task That_do_not_exist_is_refused(int version)
    {
        using var ada = await app.SignInAsync();
        var file = await CreateTwoVersionsAsync(ada);

        var problem = await (await LabelAsync(ada, file, "stable", version)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("version", out _));
    }

    [Fact]
    public async Task With_more_labels_than_allowed_is_refused_and_moving_one_is_not()
    {
        using var ada = await app.SignInAsync();
        var file = await CreateTwoVersionsAsync(ada);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => LabelAsync(ada, file, $"label-{i}", 1)));

        var list = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/labels", Cancelled);
        var one = list.GetProperty("items")[0].GetProperty("name").GetString()!;
        var moved = await LabelAsync(ada, file, one, 2);
        var more = await LabelAsync(ada, file, "one-more", 2);

        Assert.Equal((50, HttpStatusCode.OK, HttpStatusCode.Conflict), (list.GetProperty("items").GetArrayLength(), moved.StatusCode, more.StatusCode));
    }

    [Fact]
    public async Task Of_another_users_file_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await CreateTwoVersionsAsync(ada);
        await LabelAsync(ada, file, "stable", 1);

        Assert.Equal(
            [HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            [
                (await LabelAsync(eve, file, "stable", 2)).StatusCode,
                (await eve.GetAsync($"/api/v1/files/{file}/labels", Cancelled)).StatusCode,
                (await eve.DeleteAsync($"/api/v1/files/{file}/labels/stable", Cancelled)).StatusCode,
            ]);
    }

    private static async Task<Guid> CreateTwoVersionsAsync(HttpClient client)
    {
        var file = await client.CreateFileAsync(await client.DefaultStashAsync(), "labelled.md", "one");
        await (await client.PutContentAsync(file, "\"v1\"", "two")).ReadAsync(HttpStatusCode.OK);

        return file;
    }

    private static Task<HttpResponseMessage> LabelAsync(HttpClient client, Guid file, string name, int version) =>
        client.PutAsJsonAsync($"/api/v1/files/{file}/labels/{name}", new { version }, Cancelled);

    private static List<string> Labels(JsonElement labels) => [.. labels.EnumerateArray().Select(label => $"{label.GetProperty("name")} {label.GetProperty("version")}")];
}
