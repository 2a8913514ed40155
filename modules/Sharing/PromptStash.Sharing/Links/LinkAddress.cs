using Microsoft.Extensions.Configuration;

namespace PromptStash.Sharing.Links;

/// <summary>Where a link is opened: at the address that the operator gave the API, or else at the one that its creator used.</summary>
internal sealed class LinkAddress(IConfiguration configuration)
{
    public string Of(HttpRequest request, string token) =>
        $"{(configuration["Api:PublicUrl"] ?? $"{request.Scheme}://{request.Host}").TrimEnd('/')}/api/v1/shared/{token}";
}
