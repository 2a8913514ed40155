namespace PromptStash.IntegrationTests.Stashes;

/// <summary>What is another user's looks as if it were not there, on every route that names it.</summary>
public sealed class KeepingStashesApart(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "stashes/{stash}" },
        { "PATCH", "stashes/{stash}" },
        { "DELETE", "stashes/{stash}" },
        { "GET", "stashes/{stash}/tree" },
        { "GET", "stashes/{stash}/files" },
        { "POST", "stashes/{stash}/files" },
        { "POST", "stashes/{stash}/folders" },
        { "POST", "stashes/{stash}/files/bulk" },
        { "POST", "stashes/{stash}/copy" },
        { "GET", "stashes/{stash}/export" },
        { "POST", "stashes/{stash}/import" },
        { "POST", "stashes/{stash}/import?dryRun=true" },
        { "GET", "files/{file}" },
        { "GET", "files/{file}/raw" },
        { "PUT", "files/{file}/content" },
        { "PATCH", "files/{file}" },
        { "PUT", "files/{file}/tags" },
        { "POST", "files/{file}/copy" },
        { "DELETE", "files/{file}" },
        { "GET", "folders/{folder}" },
        { "PATCH", "folders/{folder}" },
        { "POST", "folders/{folder}/copy" },
        { "DELETE", "folders/{folder}" },
        { "POST", "trash/{trash}/restore" },
        { "DELETE", "trash/{trash}" },
        { "GET", "files/{file}/versions" },
        { "GET", "files/{file}/versions/1" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Answers_a_stranger_with_404(string method, string route)
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var things = await StashSomethingAsync(ada);

        var response = await SendAsync(eve, method, route, things);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Answers_nobody_with_401(string method, string route)
    {
        using var ada = await app.SignInAsync();
        using var nobody = app.NewClient();
        var things = await StashSomethingAsync(ada);

        var response = await SendAsync(nobody, method, route, things);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Leaves_what_a_stranger_tried_to_change_as_it_was()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var things = await StashSomethingAsync(ada);
        var before = await ada.GetStringAsync($"/api/v1/stashes/{things.Stash}/tree", Cancelled);

        foreach (var route in Routes)
        {
            await SendAsync(eve, route.Data.Item1, route.Data.Item2, things);
        }

        Assert.Equal(before, await ada.GetStringAsync($"/api/v1/stashes/{things.Stash}/tree", Cancelled));
    }

    private static async Task<Things> StashSomethingAsync(HttpClient client)
    {
        var stash = await client.DefaultStashAsync();
        var file = await client.CreateFileAsync(stash, "secret.md", "Hello");
        var trash = await client.CreateFileAsync(stash, "thrown-away.md", "Hello");
        await client.RemoveAsync($"files/{trash}");

        return new Things(stash, file, await client.CreateFolderAsync(stash, "secrets"), trash);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string route, Things things)
    {
        var path = route
            .Replace("{stash}", $"{things.Stash}", StringComparison.Ordinal)
            .Replace("{file}", $"{things.File}", StringComparison.Ordinal)
            .Replace("{folder}", $"{things.Folder}", StringComparison.Ordinal)
            .Replace("{trash}", $"{things.Trash}", StringComparison.Ordinal);
        var request = new HttpRequestMessage(HttpMethod.Parse(method), $"/api/v1/{path}");
        request.Headers.TryAddWithoutValidation("If-Match", "\"v1\"");
        if (route.Contains("import", StringComparison.Ordinal))
        {
            request.Content = new ByteArrayContent(StashClient.Zip(("taken.md", "x")));
            request.Content.Headers.ContentType = new("application/zip");
        }
        else if (method is not ("GET" or "DELETE"))
        {
            // A body that each of the operations would take.
            request.Content = JsonContent.Create(new
            {
                name = "Taken",
                path = "taken.md",
                content = "taken",
                tags = (string[])["taken"],
                action = "DELETE",
                fileIds = (Guid[])[things.File],
            });
        }

        return client.SendAsync(request, Cancelled);
    }

    private sealed record Things(Guid Stash, Guid File, Guid Folder, Guid Trash);
}
