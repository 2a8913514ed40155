using System.IO.Compression;
using System.Text;

namespace PromptStash.IntegrationTests;

/// <summary>What tests do with stashes, in the words of the API.</summary>
internal static class StashClient
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<Guid> DefaultStashAsync(this HttpClient client)
    {
        var page = await client.GetFromJsonAsync<JsonElement>("/api/v1/stashes", Cancelled);

        return page.GetProperty("items")[0].GetProperty("id").GetGuid();
    }

    public static async Task<Guid> CreateStashAsync(this HttpClient client, string name, string scope = "PROJECT") =>
        (await (await client.PostAsJsonAsync("/api/v1/stashes", new { name, scope }, Cancelled)).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    public static Task<HttpResponseMessage> PostFileAsync(this HttpClient client, Guid stash, string path, string content, string? kind = null) =>
        client.PostAsJsonAsync($"/api/v1/stashes/{stash}/files", new { path, content, kind }, Cancelled);

    public static async Task<Guid> CreateFileAsync(this HttpClient client, Guid stash, string path, string content) =>
        (await (await client.PostFileAsync(stash, path, content)).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    public static Task<HttpResponseMessage> PutContentAsync(this HttpClient client, Guid file, string? ifMatch, string content)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/files/{file}/content") { Content = JsonContent.Create(new { content }) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return client.SendAsync(request, Cancelled);
    }

    public static Task<HttpResponseMessage> ImportAsync(this HttpClient client, Guid stash, byte[] archive, string query = "")
    {
        var content = new ByteArrayContent(archive);
        content.Headers.ContentType = new("application/zip");

        return client.PostAsync($"/api/v1/stashes/{stash}/import{query}", content, Cancelled);
    }

    public static Task<byte[]> ExportAsync(this HttpClient client, Guid stash) =>
        client.GetByteArrayAsync($"/api/v1/stashes/{stash}/export", Cancelled);

    public static async Task<List<string>> PathsAsync(this HttpClient client, Guid stash)
    {
        var tree = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);

        return [.. tree.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!)];
    }

    /// <summary>The JSON body, after a look at the status; the body is in the message when it is another.</summary>
    public static async Task<JsonElement> ReadAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var body = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} {body}");

        return JsonSerializer.Deserialize<JsonElement>(body);
    }

    /// <summary>A zip archive; a path that ends with a slash is a folder.</summary>
    public static byte[] Zip(params (string Path, byte[] Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in entries)
            {
                using var stream = archive.CreateEntry(path).Open();
                stream.Write(content);
            }
        }

        return memory.ToArray();
    }

    public static byte[] Zip(params (string Path, string Content)[] entries) =>
        Zip([.. entries.Select(entry => (entry.Path, Encoding.UTF8.GetBytes(entry.Content)))]);

    public static Dictionary<string, byte[]> Unzip(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive));

        return zip.Entries.ToDictionary(
            entry => entry.FullName,
            entry =>
            {
                using var content = new MemoryStream();
                using var stream = entry.Open();
                stream.CopyTo(content);

                return content.ToArray();
            });
    }
}
