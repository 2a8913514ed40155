using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>A provider says who somebody is; an address alone makes nobody anybody else.</summary>
[Collection(nameof(IdentityTests))]
public sealed class SigningInWithAProvider(IdentityApp app, SigningInWithAProvider.GitHub github) : IClassFixture<SigningInWithAProvider.GitHub>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "S37 An account is the provider's id: another address does not make it another, and the same address not the same")]
    public async Task Is_by_the_id_and_not_by_the_address()
    {
        var (id, email) = (github.NewId(), app.NewEmail());
        using var first = app.NewBrowser(github.Api);
        await SignInAsync(first, id, email);
        var user = await UserOfAsync(first);

        using var second = app.NewBrowser(github.Api);
        await SignInAsync(second, id, app.NewEmail());
        Assert.Equal(user.GetProperty("id").GetString(), (await UserOfAsync(second)).GetProperty("id").GetString());
        Assert.Equal(email, (await UserOfAsync(second)).GetProperty("email").GetString());
    }

    [Fact(DisplayName = "S37 An address that the provider has not proven links nothing and makes nobody")]
    public async Task Is_refused_with_an_unproven_address()
    {
        using var ada = await VerifiedPersonAsync();
        using var eve = app.NewBrowser(github.Api);

        Assert.Equal("/?error=email_not_verified", await SignInAsync(eve, github.NewId(), ada.Email, verified: false));
        Assert.False(await eve.IsSignedInAsync());
        Assert.Equal("/?error=email_not_verified", await SignInAsync(eve, github.NewId(), app.NewEmail(), verified: false));
        Assert.False(await eve.IsSignedInAsync());
    }

    [Fact(DisplayName = "S37 An account whose address we have not proven is not walked into by the owner of the address")]
    public async Task Is_refused_into_an_account_with_an_unproven_address()
    {
        using var squatter = await app.SignUpAsync();
        using var owner = app.NewBrowser(github.Api);

        Assert.Equal("/?error=account_not_linked", await SignInAsync(owner, github.NewId(), squatter.Email));
        Assert.False(await owner.IsSignedInAsync());
    }

    [Fact(DisplayName = "S37 An address that both have proven links the account, and its owner is told")]
    public async Task Is_linked_by_an_address_that_both_have_proven()
    {
        using var ada = await VerifiedPersonAsync();
        using var browser = app.NewBrowser(github.Api);

        await SignInAsync(browser, github.NewId(), ada.Email);

        Assert.Equal(ada.Id, (await UserOfAsync(browser)).GetProperty("id").GetGuid());
        await app.Mail.ArrivedAsync(ada.Email, "A sign-in was added");
    }

    [Fact(DisplayName = "S37 The way to the provider has a state and a PKCE challenge, and the code is exchanged with its verifier")]
    public async Task Is_held_to_its_state_and_verifier()
    {
        using var browser = app.NewBrowser(github.Api);
        var query = QueryHelpers.ParseQuery((await BeginAsync(browser)).Query);

        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.True(query["state"].ToString().Length >= 43);
        await SignInAsync(browser, github.NewId(), app.NewEmail());
        Assert.True(github.LastVerifierWasRight);
    }

    [Fact(DisplayName = "S37 A state works once")]
    public async Task Is_completed_once()
    {
        using var browser = app.NewBrowser(github.Api);
        var (id, email) = (github.NewId(), app.NewEmail());
        var address = await BeginAsync(browser);
        var callback = github.Agree(address, id, email, verified: true);
        Assert.Equal("/welcome", await FollowAsync(browser, callback));
        var cookie = browser.Cookie(Browser.SessionCookie);

        // The browser's part of the state goes with its first use; a thief would have kept it, so it is the database that has to say no.
        var again = await FollowAsync(browser, callback);

        Assert.Contains("error=", again, StringComparison.Ordinal);
        Assert.Equal(cookie, browser.Cookie(Browser.SessionCookie));
    }

    [Fact(DisplayName = "S37 A state of another browser signs nobody in")]
    public async Task Is_refused_in_another_browser()
    {
        using var attacker = app.NewBrowser(github.Api);
        using var victim = app.NewBrowser(github.Api);
        var callback = github.Agree(await BeginAsync(attacker), github.NewId(), app.NewEmail(), verified: true);

        Assert.Contains("error=", await FollowAsync(victim, callback), StringComparison.Ordinal);

        Assert.False(await victim.IsSignedInAsync());
    }

    [Fact(DisplayName = "S37 An account that is somebody's is not linked to somebody else")]
    public async Task Is_not_linked_twice()
    {
        var (id, email) = (github.NewId(), app.NewEmail());
        using var owner = app.NewBrowser(github.Api);
        await SignInAsync(owner, id, email);
        using var eve = await app.SignUpAsync(github.Api);

        var answer = await (await eve.Browser.PostAsync("link-social", new { provider = "github", callbackURL = "/" })).ReadAsync(HttpStatusCode.OK);
        var end = await FollowAsync(eve.Browser, github.Agree(new Uri(answer.GetProperty("url").GetString()!), id, email, verified: true));

        Assert.Equal("/?error=account_already_linked_to_different_user", end);
    }

    [Fact(DisplayName = "S37 A provider does not go around the second factor")]
    public async Task Asks_for_the_second_factor_too()
    {
        using var ada = await VerifiedPersonAsync();
        await ada.EnrolAsync();
        using var browser = app.NewBrowser(github.Api);

        Assert.Equal("/welcome?twoFactorRedirect=true", await SignInAsync(browser, github.NewId(), ada.Email));

        Assert.False(await browser.IsSignedInAsync());
        await (await browser.PostAsync("two-factor/verify-totp", new { code = app.NextCode(ada.TotpSecret) })).ReadAsync(HttpStatusCode.OK);
        Assert.True(await browser.IsSignedInAsync());
    }

    [Fact(DisplayName = "S12 What a provider lets us do with an account is not stored in clear")]
    public async Task Keeps_the_tokens_of_the_provider_encrypted()
    {
        using var browser = app.NewBrowser(github.Api);
        await SignInAsync(browser, github.NewId(), app.NewEmail());
        await using var database = await app.OpenDatabaseAsync();

        Assert.NotEmpty(github.AccessTokens);
        Assert.True(await database.ScalarAsync<long>("SELECT count(*) FROM identity.accounts WHERE access_token IS NOT NULL") > 0);
        foreach (var token in github.AccessTokens)
        {
            Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM identity.accounts a WHERE a::text LIKE '%' || $1 || '%'", token));
        }
    }

    private async Task<Person> VerifiedPersonAsync()
    {
        var person = await app.SignUpAsync();
        await (await person.Browser.GetAsync($"verify-email?token={await person.TokenAsync("Confirm your e-mail address")}")).ReadAsync(HttpStatusCode.OK);

        return person;
    }

    private async Task<string> SignInAsync(Browser browser, string id, string email, bool verified = true) =>
        await FollowAsync(browser, github.Agree(await BeginAsync(browser), id, email, verified));

    private static async Task<Uri> BeginAsync(Browser browser)
    {
        var answer = await browser.PostAsync("sign-in/social", new { provider = "github", callbackURL = "/welcome", errorCallbackURL = "/" });

        return new Uri((await answer.ReadAsync(HttpStatusCode.OK)).GetProperty("url").GetString()!);
    }

    private async Task<string> FollowAsync(Browser browser, Uri callback)
    {
        var answer = await browser.SendAsync(HttpMethod.Get, callback.PathAndQuery, content: null);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{(int)answer.StatusCode} {app.Log.Lines.LastOrDefault(line => line.Line.Contains("Exception", StringComparison.Ordinal)).Line}");

        return answer.Headers.Location!.OriginalString;
    }

    private static async Task<JsonElement> UserOfAsync(Browser browser) =>
        (await (await browser.GetAsync("get-session")).ReadAsync(HttpStatusCode.OK)).GetProperty("user");

    /// <summary>A GitHub of our own, and an API that is registered with it.</summary>
    public sealed class GitHub(IdentityApp app) : IAsyncLifetime
    {
        private readonly ConcurrentDictionary<string, Grant> _grants = new(StringComparer.Ordinal);
        private int _ids;
        private WebApplication? _server;

        public WebApplication Api { get; private set; } = null!;

        public bool LastVerifierWasRight { get; private set; }

        /// <summary>Every token that was handed out.</summary>
        public List<string> AccessTokens => [.. _grants.Keys.Where(key => key.StartsWith("gho_", StringComparison.Ordinal))];

        public async ValueTask InitializeAsync()
        {
            _server = await StartServerAsync();
            var address = PromptStashApp.AddressOf(_server).GetLeftPart(UriPartial.Authority);
            Api = await app.StartAsync(
                ("Identity:Providers:GitHub:ClientId", "promptstash"),
                ("Identity:Providers:GitHub:ClientSecret", "the secret of promptstash at github"),
                ("Identity:Providers:GitHub:AuthorizationEndpoint", $"{address}/authorize"),
                ("Identity:Providers:GitHub:TokenEndpoint", $"{address}/token"),
                ("Identity:Providers:GitHub:UserInformationEndpoint", $"{address}/user"));
        }

        public async ValueTask DisposeAsync()
        {
            await Api.DisposeAsync();
            await _server!.DisposeAsync();
        }

        public string NewId() => $"{1000 + Interlocked.Increment(ref _ids)}";

        /// <summary>The user agrees; this is where the browser is sent back to.</summary>
        public Uri Agree(Uri authorize, string id, string email, bool verified)
        {
            var query = QueryHelpers.ParseQuery(authorize.Query);
            var code = RandomNumberGenerator.GetHexString(20);
            _grants[code] = new Grant(id, email, verified, query["code_challenge"].ToString());

            return new Uri(QueryHelpers.AddQueryString(query["redirect_uri"].ToString(), new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] }));
        }

        private async Task<WebApplication> StartServerAsync()
        {
            var server = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]).Build();
            server.MapPost("/token", async (HttpContext context) =>
            {
                var form = await context.Request.ReadFormAsync(context.RequestAborted);
                if (!_grants.TryRemove(form["code"].ToString(), out var grant))
                {
                    return Results.BadRequest(new { error = "bad_verification_code" });
                }

                var challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
                LastVerifierWasRight = challenge == grant.Challenge;
                var token = "gho_" + RandomNumberGenerator.GetHexString(36);
                _grants[token] = grant;
                app.Remember("access token", token);

                return LastVerifierWasRight ? Results.Json(new { access_token = token, token_type = "bearer", scope = "user:email" }) : Results.BadRequest();
            });
            server.MapGet("/user", (HttpRequest request) => Results.Json(new { id = long.Parse(GrantOf(request).Id, System.Globalization.CultureInfo.InvariantCulture), login = "ada", name = "Ada" }));
            server.MapGet("/user/emails", (HttpRequest request) =>
                Results.Json(new[] { new { email = GrantOf(request).Email, primary = true, verified = GrantOf(request).Verified } }));
            await server.StartAsync();

            return server;
        }

        private Grant GrantOf(HttpRequest request) => _grants[request.Headers.Authorization.ToString()["Bearer ".Length..]];

        private sealed record Grant(string Id, string Email, bool Verified, string Challenge);
    }
}
