using Microsoft.Extensions.Options;
using PromptStash.Identity.Social;

namespace PromptStash.Identity;

/// <summary>Section <c>Identity:Providers</c>: who else may say who somebody is. One without a client id is not offered.</summary>
internal sealed class ProviderOptions
{
    public const string Section = "Identity:Providers";

    /// <summary>Google accounts.</summary>
    [ValidateObjectMembers]
    public OAuthProviderOptions Google { get; set; } = new();

    /// <summary>GitHub accounts, also of an own GitHub server.</summary>
    [ValidateObjectMembers]
    public OAuthProviderOptions GitHub { get; set; } = new();

    /// <summary>Any one provider that speaks OpenID Connect.</summary>
    [ValidateObjectMembers]
    public OidcProviderOptions Oidc { get; set; } = new();

    /// <summary>Whether an account can be linked whose address differs from the user's own; default false.</summary>
    public bool LinkDifferentEmails { get; set; }
}

/// <summary>A provider that the program knows. Register <c>PUBLIC-URL/api/auth/callback/google</c> or <c>…/github</c> with it.</summary>
internal sealed class OAuthProviderOptions
{
    /// <summary>What the provider calls this installation; default none, which means that the provider is not offered.</summary>
    public string? ClientId { get; set; }

    /// <summary>The secret that goes with it.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Where the user is sent; default the provider's own address, as with the ones below.</summary>
    public string? AuthorizationEndpoint { get; set; }

    /// <summary>Where a code is exchanged.</summary>
    public string? TokenEndpoint { get; set; }

    /// <summary>Where it is told who the user is.</summary>
    public string? UserInformationEndpoint { get; set; }

    /// <summary>Whether it is offered.</summary>
    public bool IsEnabled => !string.IsNullOrWhiteSpace(ClientId);
}

/// <summary>A provider that describes itself. Register <c>PUBLIC-URL/api/auth/callback/NAME</c> with it.</summary>
internal sealed class OidcProviderOptions
{
    /// <summary>What clients call it; default <c>oidc</c>. It is stored with every linked account, so do not change it later.</summary>
    [RegularExpression("^[a-z0-9-]{1,30}$")]
    public string Name { get; set; } = "oidc";

    /// <summary>Its address: <c>/.well-known/openid-configuration</c> is looked for below it.</summary>
    public string? Authority { get; set; }

    /// <summary>What the provider calls this installation; default none, which means that the provider is not offered.</summary>
    public string? ClientId { get; set; }

    /// <summary>The secret that goes with it.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Whether it is offered.</summary>
    public bool IsEnabled => !string.IsNullOrWhiteSpace(ClientId);
}

/// <summary>A provider that is offered has to work.</summary>
internal sealed class ProviderOptionsValidation : IValidateOptions<ProviderOptions>
{
    public ValidateOptionsResult Validate(string? name, ProviderOptions options)
    {
        var failures = new List<string>();
        if ((options.Google.IsEnabled && string.IsNullOrEmpty(options.Google.ClientSecret))
            || (options.GitHub.IsEnabled && string.IsNullOrEmpty(options.GitHub.ClientSecret))
            || (options.Oidc.IsEnabled && string.IsNullOrEmpty(options.Oidc.ClientSecret)))
        {
            failures.Add("Identity:Providers has a provider with a ClientId and without a ClientSecret.");
        }

        if (options.Oidc.IsEnabled && !Uri.TryCreate(options.Oidc.Authority, UriKind.Absolute, out _))
        {
            failures.Add("Identity:Providers:Oidc needs an Authority, such as https://login.example.com.");
        }

        if (options.Oidc.Name is SocialProviders.Google or SocialProviders.GitHub)
        {
            failures.Add("Identity:Providers:Oidc:Name is the name of another provider.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
