using MimeKit;
using MimeKit.Utils;

namespace PromptStash.Identity.Mail;

internal static class MimeMessages
{
    /// <summary>Builds the MIME form: plain text first, HTML second, as RFC 2046 orders alternatives.</summary>
    public static MimeMessage Create(MailMessage message, string from, DateTimeOffset now)
    {
        var mime = new MimeMessage
        {
            Date = now,
            Subject = message.Subject,
            Body = new BodyBuilder { TextBody = message.Text, HtmlBody = message.Html }.ToMessageBody(),
        };
        var sender = MailboxAddress.Parse(from);

        // The default would name this machine.
        mime.MessageId = MimeUtils.GenerateMessageId(sender.Domain);
        mime.From.Add(sender);
        mime.To.Add(new MailboxAddress(name: null, message.To));

        // Says to mail programs that nobody wrote this, so that no "out of office" comes back (RFC 3834).
        mime.Headers.Add("Auto-Submitted", "auto-generated");

        return mime;
    }
}
