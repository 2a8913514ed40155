using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Google;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Social;

/// <summary>The framework's handlers for the configured providers; what becomes of their result is for <see cref="SocialSignIn"/>.</summary>
/// <remarks>
/// They are set up from options and not while services are registered, so that only configured providers have a scheme: the middleware
/// asks every one of them at every request.
/// </remarks>
internal sealed class SocialProviders(IOptions<ProviderOptions> options, TimeProvider time)
    : IConfigureOptions<AuthenticationOptions>,
        IConfigureNamedOptions<GoogleOptions>,
        IConfigureNamedOptions<OAuthOptions>,
        IConfigureNamedOptions<OpenIdConnectOptions>
{
    public const string Google = "google";
    public const string GitHub = "github";
    public const string EmailVerified = "email_verified";
    public const string Picture = "picture";

    private static readonly TimeSpan BackchannelTimeout = TimeSpan.FromSeconds(10);

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<SocialProviders>();
        services.AddSingleton<IConfigureOptions<AuthenticationOptions>>(provider => provider.GetRequiredService<SocialProviders>());
        services.AddSingleton<IConfigureOptions<GoogleOptions>>(provider => provider.GetRequiredService<SocialProviders>());
        services.AddSingleton<IConfigureOptions<OAuthOptions>>(provider => provider.GetRequiredService<SocialProviders>());
        services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>>(provider => provider.GetRequiredService<SocialProviders>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<GoogleOptions>, OAuthPostConfigureOptions<GoogleOptions, GoogleHandler>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<OAuthOptions>, OAuthPostConfigureOptions<OAuthOptions, OAuthHandler<OAuthOptions>>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>());
        services.AddTransient<GoogleHandler>();
        services.AddTransient<OAuthHandler<OAuthOptions>>();
        services.AddTransient<OpenIdConnectHandler>();
    }

    /// <summary>Whether this provider is configured.</summary>
    public bool IsOffered(string provider) =>
        (provider == Google && options.Value.Google.IsEnabled)
        || (provider == GitHub && options.Value.GitHub.IsEnabled)
        || (provider == options.Value.Oidc.Name && options.Value.Oidc.IsEnabled);

    public void Configure(AuthenticationOptions options)
    {
        AddScheme<GoogleHandler>(options, Google);
        AddScheme<OAuthHandler<OAuthOptions>>(options, GitHub);
        AddScheme<OpenIdConnectHandler>(options, this.Oidc.Name);
    }

    public void Configure(string? name, GoogleOptions options)
    {
        Configure(options, name, this.Providers.Google);
        options.ClaimActions.MapJsonKey(EmailVerified, EmailVerified);
        options.ClaimActions.MapJsonKey(Picture, Picture);
    }

    public void Configure(string? name, OAuthOptions options)
    {
        options.AuthorizationEndpoint = "https://github.com/login/oauth/authorize";
        options.TokenEndpoint = "https://github.com/login/oauth/access_token";
        options.UserInformationEndpoint = "https://api.github.com/user";
        options.Scope.Add("read:user");
        options.Scope.Add("user:email");
        options.ClaimActions.MapJsonKey(ClaimTypes.NameIdentifier, "id");
        options.ClaimActions.MapCustomJson(ClaimTypes.Name, user => Text(user, "name") ?? Text(user, "login"));
        options.ClaimActions.MapJsonKey(Picture, "avatar_url");
        options.Events.OnCreatingTicket = ReadGitHubUserAsync;
        Configure(options, name, this.Providers.GitHub);
    }

    public void Configure(string? name, OpenIdConnectOptions options)
    {
        ConfigureRemote(options, name);
        options.Authority = this.Oidc.Authority;
        options.ClientId = this.Oidc.ClientId;
        options.ClientSecret = this.Oidc.ClientSecret;
        options.RequireHttpsMetadata = !(Uri.TryCreate(this.Oidc.Authority, UriKind.Absolute, out var authority) && authority.IsLoopback);
        options.ResponseType = OpenIdConnectResponseType.Code;

        // A form that the provider's page posts would be a request of another site, which is refused; and the Lax cookies stay at home.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.ClaimActions.MapJsonKey(EmailVerified, EmailVerified);
        options.ClaimActions.MapJsonKey(Picture, Picture);
        options.Scope.Add("email");
        options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
    }

    // Unnamed options belong to nobody here.
    public void Configure(GoogleOptions options) => Configure(Options.DefaultName, options);

    public void Configure(OAuthOptions options) => Configure(Options.DefaultName, options);

    public void Configure(OpenIdConnectOptions options) => Configure(Options.DefaultName, options);

    private ProviderOptions Providers => options.Value;

    private OidcProviderOptions Oidc => options.Value.Oidc;

    private void AddScheme<THandler>(AuthenticationOptions options, string name)
        where THandler : IAuthenticationHandler
    {
        if (IsOffered(name))
        {
            options.AddScheme<THandler>(name, displayName: null);
        }
    }

    private void Configure(OAuthOptions options, string? name, OAuthProviderOptions provider)
    {
        ConfigureRemote(options, name);
        options.ClientId = provider.ClientId ?? "";
        options.ClientSecret = provider.ClientSecret ?? "";
        options.AuthorizationEndpoint = provider.AuthorizationEndpoint ?? options.AuthorizationEndpoint;
        options.TokenEndpoint = provider.TokenEndpoint ?? options.TokenEndpoint;
        options.UserInformationEndpoint = provider.UserInformationEndpoint ?? options.UserInformationEndpoint;
        options.UsePkce = true;
    }

    private void ConfigureRemote(RemoteAuthenticationOptions options, string? name)
    {
        options.TimeProvider = time;
        options.CallbackPath = $"{IdentityModule.AuthPath}/callback/{name}";
        options.SaveTokens = true;
        options.BackchannelTimeout = BackchannelTimeout;
        options.RemoteAuthenticationTimeout = SocialSignIn.Lifetime;
        options.CorrelationCookie.Name = "promptstash.oauth_state.";
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

        // Never signed in to: SocialSignIn begins the session itself.
        options.SignInScheme = SessionAuthenticationHandler.SchemeName;
        options.Events.OnTicketReceived = context => context.HttpContext.RequestServices.GetRequiredService<SocialSignIn>().CompleteAsync(context);
        options.Events.OnRemoteFailure = SocialSignIn.FailAsync;
        options.Events.OnAccessDenied = SocialSignIn.DenyAsync;
    }

    /// <summary>GitHub tells who it is in one place and which of the addresses are proven in another.</summary>
    private static async Task ReadGitHubUserAsync(OAuthCreatingTicketContext context)
    {
        var endpoint = context.Options.UserInformationEndpoint;
        context.RunClaimActions(await GetAsync(context, endpoint));
        foreach (var email in (await GetAsync(context, endpoint + "/emails")).EnumerateArray())
        {
            if (email.GetProperty("primary").GetBoolean() && Text(email, "email") is { } address)
            {
                context.Identity!.AddClaim(new Claim(ClaimTypes.Email, address));
                context.Identity.AddClaim(new Claim(EmailVerified, email.GetProperty("verified").GetBoolean() ? "true" : "false"));
            }
        }
    }

    private static async Task<JsonElement> GetAsync(OAuthCreatingTicketContext context, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        using var response = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
        response.EnsureSuccessStatusCode();

        return JsonElement.Parse(await response.Content.ReadAsStringAsync(context.HttpContext.RequestAborted));
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
