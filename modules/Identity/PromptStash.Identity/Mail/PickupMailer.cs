using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;

namespace PromptStash.Identity.Mail;

/// <summary>Writes mails as files, for a machine without a mail server. The folder holds live links: it belongs to the operator alone.</summary>
internal sealed partial class PickupMailer(IOptions<MailOptions> options, TimeProvider time, ILogger<PickupMailer> logger) : IMailer
{
    public async Task SendAsync(MailMessage message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var mime = MimeMessages.Create(message, options.Value.From, now);
        var folder = Directory.CreateDirectory(options.Value.PickupFolder!).FullName;

        // A reader that watches the folder for .eml files never sees half of one.
        var path = Path.Combine(folder, $"{Guid.CreateVersion7(now)}.eml");
        var partial = path + ".tmp";
        await using (var file = new FileStream(partial, FileStreamOptionsFor()))
        {
            await mime.WriteToAsync(file, cancellationToken);
        }

        File.Move(partial, path);
        LogMail(message.To, message.Subject, path, message.Link);
    }

    private static FileStreamOptions FileStreamOptionsFor()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    [LoggerMessage(LogLevel.Information, "Mail to {To}: {Subject}, in {Path}. Its link: {Link}")]
    private partial void LogMail(string to, string subject, string path, string link);
}
