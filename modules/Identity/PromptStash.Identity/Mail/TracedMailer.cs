using System.Diagnostics;

namespace PromptStash.Identity.Mail;

/// <summary>Makes a span of every mail that is handed on: how long it took and how it ended, and neither to whom nor what.</summary>
internal sealed class TracedMailer(IMailer mailer, string transport) : IMailer
{
    private static readonly ActivitySource Source = new("PromptStash.Mail");

    public async Task SendAsync(MailMessage message, CancellationToken cancellationToken)
    {
        using var span = Source.StartActivity("send mail", ActivityKind.Client);
        span?.SetTag("promptstash.mail.transport", transport);
        try
        {
            await mailer.SendAsync(message, cancellationToken);
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            throw;
        }
    }
}
