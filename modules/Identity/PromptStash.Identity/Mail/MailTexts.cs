using System.Globalization;
using System.Text.Encodings.Web;

namespace PromptStash.Identity.Mail;

/// <summary>
/// The texts of all mails. None holds a word that a user chose, such as a name: whoever signs up with a stranger's address could
/// otherwise have us send the stranger anything.
/// </summary>
internal static class MailTexts
{
    public static MailMessage VerifyEmail(string to, string link, TimeSpan lifetime) => Create(
        to,
        "Confirm your e-mail address",
        "Somebody, hopefully you, has created a PromptStash account with this e-mail address. To confirm that it is yours, open this link:",
        link,
        $"The link works once, for {Format(lifetime)}. If it was not you, do nothing: without it the account cannot be used.");

    public static MailMessage AlreadyHasAccount(string to, string link) => Create(
        to,
        "You already have an account",
        "Somebody, perhaps you, has tried to create a PromptStash account with this e-mail address, which already has one. You can sign in here:",
        link,
        "If it was not you, do nothing: your account has not been changed.");

    private static MailMessage Create(string to, string subject, string before, string link, string after)
    {
        var encoder = HtmlEncoder.Default;
        var text = $"{before}\n\n{link}\n\n{after}\n";
        var html =
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>{encoder.Encode(subject)}</title></head>
            <body style="font-family: sans-serif; max-width: 40em">
            <p>{encoder.Encode(before)}</p>
            <p><a href="{encoder.Encode(link)}">{encoder.Encode(link)}</a></p>
            <p>{encoder.Encode(after)}</p>
            </body></html>

            """;

        return new MailMessage(to, $"PromptStash: {subject}", text, html, link);
    }

    private static string Format(TimeSpan lifetime) => lifetime.TotalHours >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(lifetime.TotalHours)} hours")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(lifetime.TotalMinutes)} minutes");
}
