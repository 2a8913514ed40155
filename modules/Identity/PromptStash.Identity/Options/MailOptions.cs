using Microsoft.Extensions.Options;

namespace PromptStash.Identity;

/// <summary>How mail leaves: section <c>Mail</c>. Without a transport nothing is sent.</summary>
internal sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>The sender; default <c>PromptStash &lt;no-reply@promptstash.invalid&gt;</c>.</summary>
    [Required]
    public string From { get; set; } = "PromptStash <no-reply@promptstash.invalid>";

    /// <summary>
    /// A folder into which mails are written as <c>.eml</c> files in place of being sent, for development and for one's own machine.
    /// The links in them are logged, so that nobody needs a mail program to follow one. Default: none.
    /// </summary>
    public string? PickupFolder { get; set; }

    /// <summary>The mail server.</summary>
    [ValidateObjectMembers]
    public SmtpOptions Smtp { get; set; } = new();

    /// <summary>Whether there is a way to deliver a mail.</summary>
    public bool HasTransport => HasSmtp || !string.IsNullOrWhiteSpace(PickupFolder);

    /// <summary>Whether mails go to a server.</summary>
    public bool HasSmtp => !string.IsNullOrWhiteSpace(Smtp.Host);
}

/// <summary>Section <c>Mail:Smtp</c>.</summary>
internal sealed class SmtpOptions
{
    /// <summary>The server's name; default none, which means that no mail goes to a server.</summary>
    public string? Host { get; set; }

    /// <summary>Its port; default 587, submission.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>How the connection is encrypted; default <see cref="SmtpSecurity.StartTls"/>, and nothing is sent if the server cannot do it.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>The name to sign in with; default none, which means not to sign in.</summary>
    public string? UserName { get; set; }

    /// <summary>The password to sign in with.</summary>
    public string? Password { get; set; }

    /// <summary>How long to wait for each answer of the server; default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:25")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>How a connection to a mail server is encrypted.</summary>
internal enum SmtpSecurity
{
    /// <summary>Encrypted after the greeting, as on port 587.</summary>
    StartTls,

    /// <summary>Encrypted from the first byte, as on port 465.</summary>
    Tls,

    /// <summary>Not at all: only for a server on the same machine.</summary>
    None,
}
