using System.Net.Http.Json;
using System.Security.Cryptography;

namespace PromptStash.LocalHost;

/// <summary>The user that the first start creates, so that there is something to sign in with.</summary>
internal static class DemoUser
{
    public const string Email = "demo@promptstash.dev";

    // Without the characters that are easily taken for one another.
    private const string PasswordCharacters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int PasswordLength = 20;

    /// <summary>Signs the user up like any other and returns the password, which is kept nowhere in clear.</summary>
    public static async Task<string> SignUpAsync(string address, CancellationToken cancellationToken)
    {
        var password = RandomNumberGenerator.GetString(PasswordCharacters, PasswordLength);
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Add("Origin", address);

        using var response = await client.PostAsJsonAsync(
            "/api/auth/sign-up/email", new { name = "Demo", email = Email, password }, cancellationToken);

        return response.IsSuccessStatusCode
            ? password
            : throw new LocalHostException(
                $"The demo user could not be created ({(int)response.StatusCode}): {await response.Content.ReadAsStringAsync(cancellationToken)} "
                + "Start with --no-demo to do without.");
    }
}
