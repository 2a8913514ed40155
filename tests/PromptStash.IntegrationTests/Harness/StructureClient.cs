namespace PromptStash.IntegrationTests;

/// <summary>What tests do with folders, tags and the trash, in the words of the API.</summary>
internal static class StructureClient
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<Guid> CreateFolderAsync(this HttpClient client, Guid stash, string path) =>
        (await (await client.PostAsJsonAsync($"/api/v1/stashes/{stash}/folders", new { path }, Cancelled)).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    public static Task<HttpResponseMessage> PatchAsync(this HttpClient client, string path, object body) =>
        client.PatchAsJsonAsync($"/api/v1/{path}", body, Cancelled);

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, object body) =>
        client.PostAsJsonAsync($"/api/v1/{path}", body, Cancelled);

    public static async Task RemoveAsync(this HttpClient client, string path) =>
        await (await client.DeleteAsync($"/api/v1/{path}", Cancelled)).ReadNothingAsync();

    /// <summary>Makes sure that the answer is 204; the body is in the message when it is another.</summary>
    public static async Task ReadNothingAsync(this HttpResponseMessage response) => Assert.True(
        response.StatusCode == HttpStatusCode.NoContent, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Cancelled)}");

    public static Task<HttpResponseMessage> PostRestoreAsync(this HttpClient client, Guid item) =>
        client.PostAsync($"/api/v1/trash/{item}/restore", content: null, Cancelled);

    public static async Task<JsonElement> RestoreAsync(this HttpClient client, Guid item) =>
        await (await client.PostRestoreAsync(item)).ReadAsync(HttpStatusCode.OK);

    public static async Task<List<JsonElement>> TrashAsync(this HttpClient client) => await client.AllPagesAsync("trash");

    /// <summary>All items of a list, page by page.</summary>
    public static async Task<List<JsonElement>> AllPagesAsync(this HttpClient client, string list, int limit = 100)
    {
        var items = new List<JsonElement>();
        string? next = null;
        do
        {
            var separator = list.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = await client.GetFromJsonAsync<JsonElement>($"/api/v1/{list}{separator}limit={limit}{(next is null ? "" : "&after=" + next)}", Cancelled);
            items.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        return items;
    }

    public static async Task<List<string>> FolderPathsAsync(this HttpClient client, Guid stash)
    {
        var tree = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);

        return [.. tree.GetProperty("folders").EnumerateArray().Select(folder => folder.GetProperty("path").GetString()!)];
    }

    public static async Task<Guid> FolderIdAsync(this HttpClient client, Guid stash, string path)
    {
        var tree = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);

        return tree.GetProperty("folders").EnumerateArray().Single(folder => folder.Text("path") == path).GetProperty("id").GetGuid();
    }

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
