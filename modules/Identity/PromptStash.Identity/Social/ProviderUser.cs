using Microsoft.AspNetCore.Authentication;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Social;

/// <summary>Who a provider says somebody is.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Id">The provider's id of the user; together with the name it is the account, whatever the address is.</param>
/// <param name="Email">The address in the spelling under which it is kept, or null when there is none that we take.</param>
/// <param name="EmailVerified">Whether the provider has proven the address.</param>
/// <param name="Name">How the user is shown.</param>
/// <param name="Image">The address of a picture.</param>
internal sealed record ProviderUser(string Provider, string Id, string? Email, bool EmailVerified, string Name, string? Image)
{
    /// <summary>Null when the provider does not even say who it is.</summary>
    public static ProviderUser? Of(TicketReceivedContext context)
    {
        var principal = context.Principal!;
        if ((principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? principal.FindFirstValue("sub")) is not { Length: > 0 and <= 500 } id)
        {
            return null;
        }

        var given = principal.FindFirstValue(ClaimTypes.Email) ?? principal.FindFirstValue("email");
        var email = given is not null && BodyReader.TryNormalizeEmail(given, out var normalized) ? normalized : null;
        var name = principal.FindFirstValue(ClaimTypes.Name) ?? principal.FindFirstValue("name") ?? email?.Split('@')[0] ?? id;
        var image = principal.FindFirstValue(SocialProviders.Picture);

        return new ProviderUser(
            context.Scheme.Name,
            id,
            email,
            bool.TryParse(principal.FindFirstValue(SocialProviders.EmailVerified), out var verified) && verified,
            name.Length <= User.NameMaxLength ? name : name[..User.NameMaxLength],
            image?.Length <= User.ImageMaxLength ? image : null);
    }
}
