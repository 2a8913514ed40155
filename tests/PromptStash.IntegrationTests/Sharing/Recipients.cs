using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>What tests do with things that are shared with people.</summary>
internal static class Recipients
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<object> AsRecipientAsync(this HttpClient client) => new { user = await client.UserIdAsync() };

    public static async Task<string> EmailAsync(this HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/auth/get-session", Cancelled)).GetProperty("user").Text("email");

    /// <summary>Proves an address, without the mail that would do it.</summary>
    public static async Task VerifyAsync(this PromptStashApp app, string email)
    {
        await using var database = await app.OpenDatabaseAsync();
        await database.ScalarAsync<Guid>("UPDATE identity.users SET email_verified = true WHERE email = $1 RETURNING id", email);
    }

    public static async Task<HttpStatusCode> StatusAsync(this HttpClient client, string path) => (await client.GetAsync($"/api/v1/{path}", Cancelled)).StatusCode;

    public static async Task<List<JsonElement>> ReceivedAsync(this HttpClient client) => await client.AllPagesAsync("shared-with-me");

    public static Task<HttpResponseMessage> RevokeAsync(this HttpClient client, Guid share) => client.DeleteAsync($"/api/v1/shares/{share}", Cancelled);
}
