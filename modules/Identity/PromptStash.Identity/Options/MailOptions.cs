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

    /// <summary>Whether there is a way to deliver a mail.</summary>
    public bool HasTransport => !string.IsNullOrWhiteSpace(PickupFolder);
}
