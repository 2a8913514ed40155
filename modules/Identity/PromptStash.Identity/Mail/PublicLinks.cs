using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace PromptStash.Identity.Mail;

/// <summary>Links for mails. They are built from the configuration and never from a request, whose Host its sender chooses.</summary>
internal sealed class PublicLinks(IOptions<PublicAddressOptions> options)
{
    public string To(string path, params (string Name, string Value)[] query)
    {
        var address = options.Value.PublicUrl
            ?? throw new InvalidOperationException("A mail needs a link, and links need the setting Api:PublicUrl.");

        return QueryHelpers.AddQueryString(
            address.TrimEnd('/') + path, query.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value)));
    }
}
