namespace PromptStash.Identity.Mail;

/// <summary>A mail to one address, in two forms of the same text.</summary>
/// <param name="To">The address.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The plain form.</param>
/// <param name="Html">The HTML form.</param>
/// <param name="Link">The link that it is about.</param>
internal sealed record MailMessage(string To, string Subject, string Text, string Html, string Link);

/// <summary>Delivers mails. Called from the outbox only, never while a request waits.</summary>
internal interface IMailer
{
    /// <summary>Throws when the mail could not be handed on; it is then tried again later.</summary>
    Task SendAsync(MailMessage message, CancellationToken cancellationToken);
}
