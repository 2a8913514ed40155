using System.Text.RegularExpressions;
using System.Web;
using MimeKit;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>The folder into which the API writes its mails.</summary>
internal sealed partial class Mailbox(string folder)
{
    public string Folder => folder;

    /// <summary>All mails to an address, oldest first.</summary>
    public List<MimeMessage> To(string address) =>
    [
        .. Directory.EnumerateFiles(folder, "*.eml")
            .Order(StringComparer.Ordinal)
            .Where(file => File.ReadAllText(file).Contains(address, StringComparison.Ordinal))
            .Select(file => MimeMessage.Load(file))
            .Where(mail => mail.To.Mailboxes.Any(mailbox => mailbox.Address == address)),
    ];

    /// <summary>Waits for the <paramref name="count"/>-th mail to an address whose subject holds these words, and returns it.</summary>
    public async Task<MimeMessage> WaitAsync(string address, string subject, int count = 1)
    {
        List<MimeMessage> found = [];
        await Eventually.TrueAsync(
            () =>
            {
                found = [.. To(address).Where(mail => mail.Subject!.Contains(subject, StringComparison.Ordinal))];

                return Task.FromResult(found.Count >= count);
            },
            $"mail {count} '{subject}' has come to {address}");

        return found[^1];
    }

    /// <summary>Waits for a mail and returns the link in it.</summary>
    public async Task<Uri> LinkAsync(string address, string subject, int count = 1) => LinkIn(await WaitAsync(address, subject, count));

    public static Uri LinkIn(MimeMessage mail) => new(LinkPattern().Match(mail.TextBody!).Value);

    /// <summary>The token in a link: in its query, or for a reset in its path.</summary>
    public static string TokenIn(Uri link) =>
        HttpUtility.ParseQueryString(link.Query)["token"] ?? link.AbsolutePath.Split('/')[^1];

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex LinkPattern();
}
