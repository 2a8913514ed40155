using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PromptStash.Identity.Mail;

/// <summary>Hands mails to a server. One that is down delays them: the outbox keeps what could not be handed over, and tries again.</summary>
internal sealed partial class SmtpMailer(IOptions<MailOptions> options, TimeProvider time, ILogger<SmtpMailer> logger) : IMailer
{
    /// <summary>After a server that did not answer, the next mails fail at once instead of waiting for it one after the other.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private long _restingUntil;

    public async Task SendAsync(MailMessage message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now.UtcTicks < Interlocked.Read(ref _restingUntil))
        {
            throw new ServiceNotConnectedException("The mail server did not answer a moment ago.");
        }

        var smtp = options.Value.Smtp;
        using var client = new SmtpClient { Timeout = (int)smtp.Timeout.TotalMilliseconds };
        try
        {
            await client.ConnectAsync(smtp.Host!, smtp.Port, Encryption(smtp.Security), cancellationToken);
            if (!string.IsNullOrEmpty(smtp.UserName))
            {
                await client.AuthenticateAsync(smtp.UserName, smtp.Password ?? "", cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Interlocked.Exchange(ref _restingUntil, (now + Pause).UtcTicks);
            throw;
        }

        try
        {
            await client.SendAsync(MimeMessages.Create(message, options.Value.From, now), cancellationToken);
        }
        catch (SmtpCommandException exception) when (IsForGood(exception))
        {
            // No later try would find this mailbox. The address is not logged: it is somebody's, or nobody's.
            LogRefused((int)exception.StatusCode, message.Subject);
        }
        catch (SmtpCommandException exception)
        {
            // The server's words repeat the address, and whoever tries again later logs what it was told.
            throw new ServiceNotConnectedException($"The mail server does not take a mail now: {(int)exception.StatusCode} ({exception.ErrorCode}).");
        }

        await client.DisconnectAsync(quit: true, cancellationToken);
    }

    private static bool IsForGood(SmtpCommandException exception) =>
        exception.ErrorCode == SmtpErrorCode.RecipientNotAccepted && (int)exception.StatusCode is >= 500 and < 600;

    private static SecureSocketOptions Encryption(SmtpSecurity security) => security switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };

    [LoggerMessage(LogLevel.Warning, "The mail server refuses the recipient of a mail for good ({Status}): {Subject}")]
    private partial void LogRefused(int status, string subject);
}
