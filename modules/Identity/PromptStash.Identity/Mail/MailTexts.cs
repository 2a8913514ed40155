using System.Globalization;
using System.Text.Encodings.Web;

namespace PromptStash.Identity.Mail;

/// <summary>
/// The texts of all mails. None holds a word that a user chose, such as a name: whoever signs up with a stranger's address could
/// otherwise have us send the stranger anything. Only an invitation to an address that its user has proven quotes who invites, in its body;
/// no header ever does.
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

    public static MailMessage ResetPassword(string to, string link, TimeSpan lifetime) => Create(
        to,
        "Choose a new password",
        "Somebody, hopefully you, has asked for a new password for your PromptStash account. To choose one, open this link:",
        link,
        $"The link works once, for {Format(lifetime)}. If it was not you, do nothing: your password stays as it is.");

    public static MailMessage ConfirmEmailChange(string to, string link, TimeSpan lifetime) => Create(
        to,
        "Confirm that your e-mail address should change",
        "Somebody, hopefully you, wants to use another e-mail address for your PromptStash account. To agree, open this link; the next one then goes to the new address:",
        link,
        $"The link works once, for {Format(lifetime)}. If it was not you, do not open it, and change your password: whoever asked was signed in to your account.");

    public static MailMessage VerifyEmailChange(string to, string link, TimeSpan lifetime) => Create(
        to,
        "Confirm your new e-mail address",
        "Somebody, hopefully you, wants to use this e-mail address for a PromptStash account. To confirm that it is yours, open this link:",
        link,
        $"The link works once, for {Format(lifetime)}. If it was not you, do nothing: nothing changes then.");

    public static MailMessage AddressIsTaken(string to, string link) => Create(
        to,
        "Your e-mail address was asked for",
        "Somebody, perhaps you, wanted to use this e-mail address for another PromptStash account. It has one already, so nothing was changed. You can sign in here:",
        link,
        "If it was not you, do nothing.");

    public static MailMessage DeleteUser(string to, string link, TimeSpan lifetime) => Create(
        to,
        "Confirm that your account should be deleted",
        "Somebody, hopefully you, wants to delete your PromptStash account with everything in it. To do so, open this link in the browser in which you are signed in:",
        link,
        $"The link works once, for {Format(lifetime)}. If it was not you, do not open it, and end your other sessions.");

    public static MailMessage Notice(string to, string kind, string link)
    {
        var (subject, what) = kind switch
        {
            SecurityNotice.PasswordChanged => ("Your password was changed", "The password of your PromptStash account was changed. All other sessions were ended."),
            SecurityNotice.PasswordReset => ("Your password was reset", "The password of your PromptStash account was reset with a link that was sent to this address. All sessions were ended."),
            SecurityNotice.EmailChanged => ("Your e-mail address was changed", "The e-mail address of your PromptStash account was changed. This mail goes to the old and to the new one."),
            SecurityNotice.TwoFactorEnabled => ("Two-factor sign-in is on", "Your PromptStash account now asks for a code from your authenticator app at every sign-in."),
            SecurityNotice.TwoFactorDisabled => ("Two-factor sign-in is off", "Your PromptStash account no longer asks for a code at sign-in."),
            SecurityNotice.BackupCodeUsed => ("A backup code was used", "Somebody signed in to your PromptStash account with one of its backup codes, which is now used up."),
            SecurityNotice.AccountLinked => ("A sign-in was added", "Your PromptStash account can now also be entered through another provider."),
            SecurityNotice.AccountUnlinked => ("A sign-in was removed", "Your PromptStash account can no longer be entered through one of its providers."),
            SecurityNotice.ApiTokenCreated => ("A token was made", "A token was made with which a program can read or change what is in your PromptStash account."),
            SecurityNotice.UserDeleted => ("Your account was deleted", "Your PromptStash account was deleted, with everything in it."),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no text for this notice."),
        };

        return Create(to, subject, what, link, "If that was you, there is nothing to do. If not, choose a new password with \"forgot password\" at once.");
    }

    /// <summary>For whoever has proven that the address is theirs.</summary>
    public static MailMessage Invitation(string to, string owner, string thing, string? note, string link) => Create(
        to,
        "Something was shared with you",
        $"A user who goes by the name \"{OneLine(owner)}\" has shared a {thing} with you{(note is null ? "" : ", with these words")}:",
        link,
        "It is there for you when you have signed in; this mail opens nothing. If you do not want it, decline it there.",
        note);

    /// <summary>For an address that nobody has proven to be theirs.</summary>
    public static MailMessage InvitationToStranger(string to, string link) => Create(
        to,
        "Something was shared with you",
        "A user of PromptStash has shared something with this e-mail address. You can sign in, or sign up, here:",
        link,
        "It is there for you once you have confirmed that this address is yours; this mail opens nothing. If you do not expect it, do nothing.");

    private static MailMessage Create(string to, string subject, string before, string link, string after, string? quote = null)
    {
        var encoder = HtmlEncoder.Default;
        var lines = quote?.ReplaceLineEndings("\n").Split('\n') ?? [];
        var quoted = string.Concat(lines.Select(line => $"> {line}\n")) + (lines.Length == 0 ? "" : "\n");
        var quotedHtml = lines.Length == 0 ? "" : $"<blockquote>{string.Join("<br>", lines.Select(encoder.Encode))}</blockquote>\n";
        var text = $"{before}\n\n{quoted}{link}\n\n{after}\n";
        var html =
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>{encoder.Encode(subject)}</title></head>
            <body style="font-family: sans-serif; max-width: 40em">
            <p>{encoder.Encode(before)}</p>
            {quotedHtml}<p><a href="{encoder.Encode(link)}">{encoder.Encode(link)}</a></p>
            <p>{encoder.Encode(after)}</p>
            </body></html>

            """;

        return new MailMessage(to, $"PromptStash: {subject}", text, html, link);
    }

    /// <summary>A name as part of a sentence, whatever is in it: no line ends, no characters that nobody sees or that turn the direction.</summary>
    private static string OneLine(string name) => string.Join(
        ' ',
        string.Concat(name.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? ' ' : c))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Format(TimeSpan lifetime) => lifetime.TotalHours >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(lifetime.TotalHours)} hours")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(lifetime.TotalMinutes)} minutes");
}
