namespace PromptStash.IntegrationTests.Sharing;

/// <summary>A link that a test has made.</summary>
internal sealed record Link(Guid Share, string Token)
{
    public string Path => $"/api/v1/shared/{Token}";
}

/// <summary>What tests do with shares, in the words of the API.</summary>
internal static class ShareClient
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A token of the right form that opens nothing.</summary>
    public const string UnknownToken = "ps_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    public static Task<HttpResponseMessage> ShareAsync(this HttpClient client, string type, Guid id, object with, string permission = "VIEW", object? more = null)
    {
        var body = new Dictionary<string, object?> { ["target"] = new { type, id }, ["with"] = with, ["permission"] = permission };
        foreach (var property in more?.GetType().GetProperties() ?? [])
        {
            body[property.Name] = property.GetValue(more);
        }

        return client.PostAsJsonAsync("/api/v1/shares", body, Cancelled);
    }

    public static async Task<Link> LinkAsync(this HttpClient client, string type, Guid id, string permission = "VIEW", object? more = null)
    {
        var answer = await (await client.ShareAsync(type, id, "link", permission, more)).ReadAsync(HttpStatusCode.Created);

        return new Link(answer.GetProperty("id").GetGuid(), answer.GetProperty("token").GetString()!);
    }

    public static async Task<Guid> GrantAsync(this HttpClient client, string type, Guid id, object with, string permission = "VIEW", object? more = null) =>
        (await (await client.ShareAsync(type, id, with, permission, more)).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    public static Task<HttpResponseMessage> UpdateShareAsync(this HttpClient client, Guid share, object change) =>
        client.PatchAsJsonAsync($"/api/v1/shares/{share}", change, Cancelled);

    public static Task<HttpResponseMessage> UnlockAsync(this HttpClient client, Link link, string password) =>
        client.PostAsJsonAsync($"{link.Path}/unlock", new { password }, Cancelled);

    public static async Task<List<string>> LogAsync(this HttpClient client, Guid share)
    {
        var page = await client.GetFromJsonAsync<JsonElement>($"/api/v1/shares/{share}/accesses?limit=100", Cancelled);

        return [.. page.GetProperty("items").EnumerateArray().Select(line => $"{line.GetProperty("action").GetString()} {line.GetProperty("outcome").GetString()}")];
    }

    public static async Task<Guid> UserIdAsync(this HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/auth/get-session", Cancelled)).GetProperty("user").GetProperty("id").GetGuid();
}
