using OtpNet;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>What tests do with accounts, in the words of the API.</summary>
internal static class AuthClient
{
    public const string Password = "analytical engine no. 1";
    public const string OtherPassword = "difference engine no. 2";
    public const string SessionCookie = "promptstash.session_token";
    public const string TwoFactorCookie = "promptstash.two_factor";
    public const string TrustedDeviceCookie = "promptstash.trust_device";

    private static int _addresses;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>An address that no other test has.</summary>
    public static string NewEmail(string name = "ada") => $"{name}.{Interlocked.Increment(ref _addresses)}@example.com";

    public static Task<HttpResponseMessage> PostAuthAsync(this HttpClient client, string path, object? body = null) =>
        client.PostAsJsonAsync($"/api/auth/{path}", body ?? new { }, Cancelled);

    public static Task<HttpResponseMessage> GetAuthAsync(this HttpClient client, string path) => client.GetAsync($"/api/auth/{path}", Cancelled);

    public static Task<HttpResponseMessage> SignUpAsync(this HttpClient client, string email, string password = Password) =>
        client.PostAuthAsync("sign-up/email", new { name = "Ada Lovelace", email, password });

    public static Task<HttpResponseMessage> SignInAsync(this HttpClient client, string email, string password = Password) =>
        client.PostAuthAsync("sign-in/email", new { email, password });

    /// <summary>Signs up a new user, and asserts that it worked.</summary>
    public static async Task<string> NewUserAsync(this HttpClient client, string password = Password, string name = "ada")
    {
        var email = NewEmail(name);
        await (await client.SignUpAsync(email, password)).ReadAsync(HttpStatusCode.OK);

        return email;
    }

    /// <summary>The user that the client is signed in as, or null.</summary>
    public static async Task<JsonElement?> SessionAsync(this HttpClient client)
    {
        var body = await (await client.GetAuthAsync("get-session")).ReadAsync(HttpStatusCode.OK);

        return body.ValueKind == JsonValueKind.Null ? null : body;
    }

    public static async Task<bool> IsSignedInAsync(this HttpClient client) => await client.SessionAsync() is not null;

    /// <summary>Asserts an error of the contract.</summary>
    public static async Task AssertErrorAsync(this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var body = await response.ReadAsync(status);
        Assert.Equal(code, body.GetProperty("code").GetString());
        Assert.False(string.IsNullOrEmpty(body.GetProperty("message").GetString()));
    }

    /// <summary>The value that an answer sets a cookie to; empty when it clears it, null when it does not mention it.</summary>
    public static string? Cookie(this HttpResponseMessage response, string name) => response.SetCookies()
        .Where(cookie => cookie.StartsWith(name + "=", StringComparison.Ordinal))
        .Select(cookie => cookie[(name.Length + 1)..cookie.IndexOf(';', StringComparison.Ordinal)])
        .LastOrDefault();

    public static IEnumerable<string> SetCookies(this HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [];

    /// <summary>A client that sends this session's cookie and nothing else; whatever it is answered, it sends the same again.</summary>
    public static HttpClient WithCookie(this HttpClient client, string secret, string name = SessionCookie)
    {
        var other = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = client.BaseAddress };
        other.DefaultRequestHeaders.Add("Cookie", $"{name}={secret}");
        other.DefaultRequestHeaders.Add("Origin", client.BaseAddress!.GetLeftPart(UriPartial.Authority));

        return other;
    }

    /// <summary>Follows a link from a mail: its address is the public one, which leads nowhere here.</summary>
    public static Task<HttpResponseMessage> FollowAsync(this HttpClient client, Uri link) => client.GetAsync(link.PathAndQuery, Cancelled);

    /// <summary>Makes a token that lasts a day, for these stashes or for all.</summary>
    public static Task<HttpResponseMessage> CreateApiTokenAsync(this HttpClient client, DateTimeOffset now, string[] scopes, params Guid[] stashIds) =>
        client.PostAuthAsync("api-tokens", new { name = "ci", scopes, expiresAt = now.AddDays(1), stashIds = stashIds.Length == 0 ? null : stashIds });

    /// <summary>Turns the second factor on and returns the authenticator app with the backup codes.</summary>
    public static async Task<Authenticator> EnableTwoFactorAsync(this HttpClient client, IdentityHouse house, string password = Password)
    {
        var enrolment = await (await client.PostAuthAsync("two-factor/enable", new { password })).ReadAsync(HttpStatusCode.OK);
        var authenticator = Authenticator.Of(enrolment, house);
        await (await client.PostAuthAsync("two-factor/verify-totp", new { code = authenticator.Code() })).ReadAsync(HttpStatusCode.OK);

        // The next sign-in needs the next code.
        house.Time.Advance(TimeSpan.FromSeconds(30));

        return authenticator;
    }
}

/// <summary>The app on somebody's phone, and the paper in their drawer.</summary>
internal sealed class Authenticator(byte[] secret, string[] backupCodes, IdentityHouse house)
{
    public string[] BackupCodes => backupCodes;

    public string Secret => Base32Encoding.ToString(secret).TrimEnd('=');

    public static Authenticator Of(JsonElement enrolment, IdentityHouse house)
    {
        var uri = new Uri(enrolment.GetProperty("totpURI").GetString()!);

        return new Authenticator(
            Base32Encoding.ToBytes(System.Web.HttpUtility.ParseQueryString(uri.Query)["secret"]!),
            [.. enrolment.GetProperty("backupCodes").EnumerateArray().Select(code => code.GetString()!)],
            house);
    }

    /// <summary>The code of now, or of some steps before or after.</summary>
    public string Code(int steps = 0) => new Totp(secret).ComputeTotp(house.Time.GetUtcNow().UtcDateTime.AddSeconds(30 * steps));
}
