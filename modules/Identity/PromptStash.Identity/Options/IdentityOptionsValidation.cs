using Microsoft.Extensions.Options;
using MimeKit;
using PromptStash.Identity.Http;

namespace PromptStash.Identity;

/// <summary>What the attributes of one options class cannot say: rules between several.</summary>
internal sealed class IdentityOptionsValidation(IOptions<MailOptions> mail, IOptions<PublicAddressOptions> address)
    : IValidateOptions<IdentityOptions>
{
    public ValidateOptionsResult Validate(string? name, IdentityOptions options)
    {
        var failures = new List<string>();
        if (options.RequireVerifiedEmail && !mail.Value.HasTransport)
        {
            failures.Add(
                "Identity:RequireVerifiedEmail is true, but there is no way to send mail. Set Mail:Smtp:Host to a mail server, " +
                "Mail:PickupFolder to a folder for .eml files, or Identity:RequireVerifiedEmail to false.");
        }

        if (mail.Value.HasSmtp && !string.IsNullOrWhiteSpace(mail.Value.PickupFolder))
        {
            failures.Add("Mail:Smtp:Host and Mail:PickupFolder are both set, but a mail can go only one way. Clear one of them.");
        }

        if (!MailboxAddress.TryParse(mail.Value.From, out _))
        {
            failures.Add("Mail:From is not an address such as 'PromptStash <no-reply@example.com>'.");
        }

        if (mail.Value.HasTransport && !TrustedOrigins.TryGetOrigin(address.Value.PublicUrl, out _))
        {
            failures.Add(
                "Mails carry links, and links need Api:PublicUrl: set it to the address under which users reach this API, such as https://prompts.example.com.");
        }

        failures.AddRange(address.Value.TrustedOrigins
            .Where(origin => !TrustedOrigins.TryGetOrigin(origin, out var parsed) || parsed.Length != origin.TrimEnd('/').Length)
            .Select(origin => $"Api:TrustedOrigins holds '{origin}', which is not an origin such as https://app.example.com."));

        if (options.Session.AbsoluteLifetime < options.Session.Lifetime || options.Session.RefreshAfter >= options.Session.Lifetime)
        {
            failures.Add("Identity:Session needs RefreshAfter < Lifetime <= AbsoluteLifetime.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
