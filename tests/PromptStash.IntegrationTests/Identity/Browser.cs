namespace PromptStash.IntegrationTests.Identity;

/// <summary>A client with cookies and an Origin, as a page of ours has.</summary>
public sealed class Browser : IDisposable
{
    public const string SessionCookie = "promptstash.session_token";
    public const string TwoFactorCookie = "promptstash.two_factor";
    public const string TrustedDeviceCookie = "promptstash.trust_device";

    private readonly CookieContainer _cookies = new();
    private readonly Action<string, string> _remember;
    private readonly Uri _address;

    public Browser(Uri address, Action<string, string> remember)
    {
        _address = address;
        _remember = remember;
        Http = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false }) { BaseAddress = address };
        Http.DefaultRequestHeaders.Add("Origin", Origin);
    }

    public HttpClient Http { get; }

    public string Origin => _address.GetLeftPart(UriPartial.Authority);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Http.Dispose();

    /// <summary>Posts to a route below /api/auth.</summary>
    public async Task<HttpResponseMessage> PostAsync(string route, object? body = null, params (string Name, string Value)[] headers) =>
        await SendAsync(HttpMethod.Post, $"/api/auth/{route}", JsonContent.Create(body ?? new { }), headers);

    /// <summary>Gets a route below /api/auth.</summary>
    public Task<HttpResponseMessage> GetAsync(string route, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, $"/api/auth/{route}", content: null, headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await Http.SendAsync(request, Cancelled);
        foreach (Cookie cookie in _cookies.GetAllCookies())
        {
            if (cookie.Value.Length > 0)
            {
                _remember($"cookie {cookie.Name}", cookie.Value);
            }
        }

        return response;
    }

    public string? Cookie(string name) => _cookies.GetCookies(_address)[name] is { Value.Length: > 0 } cookie ? cookie.Value : null;

    public void SetCookie(string name, string value) => _cookies.Add(_address, new Cookie(name, value));

    /// <summary>Whether somebody is signed in with these cookies.</summary>
    public async Task<bool> IsSignedInAsync() => (await (await GetAsync("get-session")).ReadAsync(HttpStatusCode.OK)).ValueKind == JsonValueKind.Object;
}

/// <summary>What tests ask of an answer.</summary>
internal static class AuthAnswers
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The code of an error answer of this status.</summary>
    public static async Task<string?> CodeAsync(this HttpResponseMessage response, HttpStatusCode expected) =>
        (await response.ReadAsync(expected)).GetProperty("code").GetString();

    /// <summary>All that a caller can see of an answer but the time: status, headers, body.</summary>
    public static async Task<string> ShapeAsync(this HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not ("Date" or "Content-Length"))
            .OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}");

        return $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n\n{await response.Content.ReadAsStringAsync(Cancelled)}";
    }

    public static string[] Keys(this JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];

    public static string[] CookiesSet(this HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var values) ? [.. values] : [];

    public static string CookieSet(this HttpResponseMessage response, string name) =>
        Assert.Single(response.CookiesSet(), cookie => cookie.StartsWith(name + "=", StringComparison.Ordinal));
}
