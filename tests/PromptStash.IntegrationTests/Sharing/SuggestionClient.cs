namespace PromptStash.IntegrationTests.Sharing;

/// <summary>What tests do with suggestions, in the words of the API.</summary>
internal static class SuggestionClient
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static Task<HttpResponseMessage> SuggestAsync(this HttpClient client, Guid file, int baseVersion, string content, string? message = null) =>
        client.PostAsJsonAsync($"/api/v1/files/{file}/suggestions", new { baseVersion, content, message }, Cancelled);

    public static Task<HttpResponseMessage> SuggestAsync(this HttpClient client, Link link, int baseVersion, string content, string name = "Grace", string? message = null, string? path = null) =>
        client.PostAsJsonAsync($"{link.Path}/suggestions{(path is null ? "" : $"?path={path}")}", new { name, baseVersion, content, message }, Cancelled);

    public static async Task<Guid> SuggestionAsync(this HttpClient client, Guid file, int baseVersion, string content, string? message = null) =>
        (await (await client.SuggestAsync(file, baseVersion, content, message)).ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    public static async Task<List<JsonElement>> SuggestionsAsync(this HttpClient client, Guid file, string query = "") =>
        [.. (await client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/suggestions{query}", Cancelled)).GetProperty("items").EnumerateArray()];

    public static Task<JsonElement> SuggestionAsync(this HttpClient client, Guid suggestion) =>
        client.GetFromJsonAsync<JsonElement>($"/api/v1/suggestions/{suggestion}", Cancelled);

    public static Task<HttpResponseMessage> AcceptAsync(this HttpClient client, Guid suggestion) =>
        client.PostAsync($"/api/v1/suggestions/{suggestion}/accept", content: null, Cancelled);

    public static Task<HttpResponseMessage> DeclineAsync(this HttpClient client, Guid suggestion, string? reason = null) =>
        client.PostAsJsonAsync($"/api/v1/suggestions/{suggestion}/decline", new { reason }, Cancelled);

    public static Task<HttpResponseMessage> WithdrawAsync(this HttpClient client, Guid suggestion) =>
        client.DeleteAsync($"/api/v1/suggestions/{suggestion}", Cancelled);

    public static Task<string> RawAsync(this HttpClient client, Guid file) => client.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled);

    public static async Task<List<JsonElement>> VersionsAsync(this HttpClient client, Guid file) =>
        [.. (await client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions", Cancelled)).GetProperty("items").EnumerateArray()];
}
