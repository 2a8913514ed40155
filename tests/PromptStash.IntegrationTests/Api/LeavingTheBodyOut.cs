namespace PromptStash.IntegrationTests.Api;

public sealed class LeavingTheBodyOut(PromptStashApp app)
{
    [Theory]
    [InlineData("files/FILE/copy", HttpStatusCode.Created)]
    [InlineData("folders/FOLDER/copy", HttpStatusCode.Created)]
    [InlineData("stashes/STASH/copy", HttpStatusCode.Created)]
    [InlineData("files/FILE/fix", HttpStatusCode.OK)]
    public async Task Of_a_request_that_needs_to_say_nothing_is_taken(string route, HttpStatusCode status)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a.md", "1");
        var folder = await ada.CreateFolderAsync(stash, "a");
        var path = route.Replace("FILE", $"{file}", StringComparison.Ordinal).Replace("FOLDER", $"{folder}", StringComparison.Ordinal).Replace("STASH", $"{stash}", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/{path}") { Headers = { { "If-Match", "*" } } };

        var response = await ada.SendAsync(request, TestContext.Current.CancellationToken);

        await response.ReadAsync(status);
    }
}
