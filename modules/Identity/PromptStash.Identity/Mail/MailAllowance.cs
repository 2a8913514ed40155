using Microsoft.Extensions.Options;
using PromptStash.Identity.Throttling;

namespace PromptStash.Identity.Mail;

/// <summary>Keeps strangers from filling somebody's mailbox: an address is sent so many mails an hour that anybody can ask for.</summary>
internal sealed class MailAllowance(AttemptLimit limit, IOptions<IdentityOptions> options, IOptions<MailOptions> mail)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Whether mails can be sent at all.</summary>
    public bool IsEnabled => mail.Value.HasTransport;

    /// <summary>
    /// Takes one mail to the address; false when it must not be sent, which no answer may tell. Counted when a mail is asked for and not
    /// when it is sent, so that the work is the same with and without an account, and a mail server that is down costs nobody a mail.
    /// </summary>
    public async Task<bool> TakeAsync(string email, DateTimeOffset now, CancellationToken cancellationToken) =>
        IsEnabled
        && await limit.CountAsync($"mail:{Secret.HashText(email)}", now, Window, cancellationToken) <= options.Value.MailsPerAddressAndHour;
}
