using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using MimeKit;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>Everybody's mail: the folder into which the API writes it.</summary>
public sealed partial class Mails(string folder)
{
    private readonly ConcurrentDictionary<string, MimeMessage> _read = new(StringComparer.Ordinal);

    /// <summary>The link of the n-th mail to an address with these words in its subject; waits until it has come.</summary>
    public async Task<Uri> LinkAsync(string to, string subject, int nth = 1)
    {
        await ArrivedAsync(to, subject, nth);

        return new Uri(Link().Match(Find(to, subject)[nth - 1].TextBody!).Value);
    }

    public Task ArrivedAsync(string to, string subject, int count = 1) =>
        Eventually.TrueAsync(() => Task.FromResult(Find(to, subject).Count >= count), $"mail {count} to {to}: {subject}");

    /// <summary>The mails to an address with these words in their subject, oldest first.</summary>
    public List<MimeMessage> Find(string to, string subject = "")
    {
        if (Directory.Exists(folder))
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*.eml"))
            {
                if (!_read.ContainsKey(path))
                {
                    _read[path] = MimeMessage.Load(path, TestContext.Current.CancellationToken);
                }
            }
        }

        return [.. _read.OrderBy(mail => mail.Key, StringComparer.Ordinal).Select(mail => mail.Value)
            .Where(mail => mail.To.Mailboxes.Any(mailbox => mailbox.Address == to) && mail.Subject!.Contains(subject, StringComparison.Ordinal))];
    }

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Link();
}
