using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>Who is signed in at the provider.</summary>
internal sealed record ProviderAccount(string Id, string Email, bool EmailVerified, string Name = "Ada Lovelace");

/// <summary>A provider that speaks OpenID Connect, and GitHub's own way too. Whoever comes is the person of the moment and agrees.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    private const string ClientId = "promptstash";
    private const string ClientSecret = "the secret of this client";

    private readonly ConcurrentDictionary<string, Grant> _grants = new();
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "1" };
    private readonly WebApplication _app;

    private FakeProvider(WebApplication app) => _app = app;

    public ProviderAccount Person { get; set; } = new("1", "nobody@example.com", EmailVerified: true);

    public bool Refuses { get; set; }

    public Uri Address => PromptStashApp.AddressOf(_app);

    public (string Key, string Value)[] Settings =>
    [
        ("Identity:Providers:Oidc:Authority", Address.ToString().TrimEnd('/')),
        ("Identity:Providers:Oidc:ClientId", ClientId),
        ("Identity:Providers:Oidc:ClientSecret", ClientSecret),
        ("Identity:Providers:GitHub:ClientId", ClientId),
        ("Identity:Providers:GitHub:ClientSecret", ClientSecret),
        ("Identity:Providers:GitHub:AuthorizationEndpoint", new Uri(Address, "authorize").ToString()),
        ("Identity:Providers:GitHub:TokenEndpoint", new Uri(Address, "token").ToString()),
        ("Identity:Providers:GitHub:UserInformationEndpoint", new Uri(Address, "user").ToString()),
        ("Identity:Providers:Google:ClientId", ClientId),
        ("Identity:Providers:Google:ClientSecret", ClientSecret),
        ("Identity:Providers:Google:AuthorizationEndpoint", new Uri(Address, "authorize").ToString()),
        ("Identity:Providers:Google:TokenEndpoint", new Uri(Address, "token").ToString()),
        ("Identity:Providers:Google:UserInformationEndpoint", new Uri(Address, "userinfo").ToString()),
    ];

    public static async Task<FakeProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var provider = new FakeProvider(app);
        app.MapGet("/.well-known/openid-configuration", provider.Describe);
        app.MapGet("/keys", () => new { keys = new[] { JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(provider._key.Rsa.ExportParameters(false)) { KeyId = "1" }) } });
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", provider.Token);
        app.MapGet("/userinfo", (HttpContext context) => Claims(provider.Of(context).Person));
        app.MapGet("/user", (HttpContext context) => new { id = int.Parse(provider.Of(context).Person.Id, System.Globalization.CultureInfo.InvariantCulture), login = "ada", name = provider.Of(context).Person.Name });
        app.MapGet("/user/emails", (HttpContext context) => new object[]
        {
            new { email = "other@example.com", primary = false, verified = true },
            new { email = provider.Of(context).Person.Email, primary = true, verified = provider.Of(context).Person.EmailVerified },
        });
        await app.StartAsync();

        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private object Describe() => new
    {
        issuer = Issuer,
        authorization_endpoint = new Uri(Address, "authorize"),
        token_endpoint = new Uri(Address, "token"),
        userinfo_endpoint = new Uri(Address, "userinfo"),
        jwks_uri = new Uri(Address, "keys"),
    };

    private string Issuer => Address.ToString().TrimEnd('/');

    private IResult Authorize(string client_id, string redirect_uri, string state, string code_challenge, string code_challenge_method, string response_type, string? nonce)
    {
        Assert.Equal((ClientId, "S256", "code"), (client_id, code_challenge_method, response_type));
        if (Refuses)
        {
            return Results.Redirect($"{redirect_uri}?error=access_denied&state={Uri.EscapeDataString(state)}");
        }

        var code = RandomNumberGenerator.GetHexString(20);
        _grants[code] = new Grant(Person, code_challenge, redirect_uri, nonce);

        return Results.Redirect($"{redirect_uri}?code={code}&state={Uri.EscapeDataString(state)}");
    }

    private async Task<IResult> Token(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var verifier = form["code_verifier"].ToString();
        if (form["client_secret"] != ClientSecret
            || !_grants.TryRemove(form["code"].ToString(), out var grant)
            || grant.RedirectUri != form["redirect_uri"]
            || Base64UrlEncoder.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier))) != grant.Challenge)
        {
            return Results.BadRequest(new { error = "invalid_grant" });
        }

        var accessToken = RandomNumberGenerator.GetHexString(20);
        _grants[accessToken] = grant;

        return Results.Json(new { access_token = accessToken, refresh_token = "refresh " + accessToken, token_type = "Bearer", expires_in = 3600, scope = "openid email", id_token = IdToken(grant) });
    }

    private string IdToken(Grant grant) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = ClientId,
        Claims = Claims(grant.Person).Append(new("nonce", grant.Nonce ?? "")).ToDictionary(),
        NotBefore = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        IssuedAt = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        Expires = new DateTime(2050, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
    });

    private static Dictionary<string, object> Claims(ProviderAccount person) => new()
    {
        ["sub"] = person.Id,
        ["email"] = person.Email,
        ["email_verified"] = person.EmailVerified,
        ["name"] = person.Name,
    };

    private Grant Of(HttpContext context) => _grants[context.Request.Headers.Authorization.ToString()["Bearer ".Length..]];

    private sealed record Grant(ProviderAccount Person, string Challenge, string RedirectUri, string? Nonce);
}

/// <summary>Keeps every cookie until it is cleared, whatever the clocks of the API and of this machine say.</summary>
internal sealed class KeepingCookies : DelegatingHandler
{
    private readonly Dictionary<string, string> _cookies = new(StringComparer.Ordinal);

    public KeepingCookies()
        : base(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        var response = await base.SendAsync(request, cancellationToken);
        foreach (var cookie in response.SetCookies())
        {
            var (name, value) = cookie.Split(';')[0].Split('=', 2) is [var n, var v] ? (n, v) : ("", "");
            _cookies.Remove(name);
            if (value.Length > 0)
            {
                _cookies[name] = value;
            }
        }

        return response;
    }
}
