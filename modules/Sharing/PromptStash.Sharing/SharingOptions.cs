using System.Globalization;

namespace PromptStash.Sharing;

/// <summary>The limits of the Sharing module: configuration section <c>Sharing</c>.</summary>
public sealed class SharingOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sharing";

    /// <summary>How long a link lives that is made without an end. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan DefaultLinkLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a link may live, counted from when its end is set. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan MaxLinkLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a browser may go on reading after it has opened a link or given its password. Default 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan VisitLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How often in a minute an address may ask for links that are not there; valid links still open. Default 20.</summary>
    [Range(1, int.MaxValue)]
    public int MissesPerMinute { get; set; } = 20;

    /// <summary>How many wrong passwords an address may try at a link within <see cref="PasswordWindow"/>. Default 5.</summary>
    [Range(1, int.MaxValue)]
    public int MaxWrongPasswords { get; set; } = 5;

    /// <summary>The time in which wrong passwords are counted. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan PasswordWindow { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How many shares a user may have that are not over. Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int SharesPerUser { get; set; } = 5_000;

    /// <summary>How many of them may be with one person, whose every request looks at them. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int SharesPerPerson { get; set; } = 1_000;

    /// <summary>How many comments a user may write in an hour. Default 300.</summary>
    [Range(1, int.MaxValue)]
    public int CommentsPerHour { get; set; } = 300;

    /// <summary>How many comments an address may write through one link in an hour. Default 30.</summary>
    [Range(1, int.MaxValue)]
    public int LinkCommentsPerHour { get; set; } = 30;

    /// <summary>How long the log of what became of a share is kept. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan AccessLogRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long reading by a person is one line of the share's log; what they write always has one of its own. Default 1 hour.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan ReadLogInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a share that is over is kept with its note and address, and at least as long as its log. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan EndedShareRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The largest suggestion, in bytes of UTF-8; what a file may hold is a limit besides. Default 1 MiB.</summary>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxSuggestionBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The largest JSON body that carries a suggestion, in bytes. Default 7 MiB: 1 MiB whose every byte its sender wrote as <c>\u0000</c>, and
    /// the rest of the request.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int MaxSuggestionBodyBytes { get; set; } = 7 * 1024 * 1024;

    /// <summary>How many open suggestions a person, or all holders of one link together, may have for a file. Default 20.</summary>
    [Range(1, 10_000)]
    public int OpenSuggestionsPerFile { get; set; } = 20;

    /// <summary>How many of them in all, for whatever files: they lie in the database until they are decided on. Default 200.</summary>
    [Range(1, 100_000)]
    public int OpenSuggestionsPerPerson { get; set; } = 200;

    /// <summary>How many suggestions an address may make through one link in an hour. Default 10.</summary>
    [Range(1, int.MaxValue)]
    public int LinkSuggestionsPerHour { get; set; } = 10;

    /// <summary>How long a suggestion is kept that was decided on. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan DecidedSuggestionRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How many invitations a user may have us send in a day; beyond them a share is made all the same, and nobody is told by mail. Default 50.</summary>
    [Range(0, int.MaxValue)]
    public int InvitationsPerDay { get; set; } = 50;

    /// <summary>How many invitations a person is sent in a day, whoever invites; more are dropped without a word. Default 20.</summary>
    [Range(0, int.MaxValue)]
    public int InvitationsPerRecipient { get; set; } = 20;

    /// <summary>A time in the words of the API's description.</summary>
    internal static string Told(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.##} days"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.##} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.##} minutes"),
    };

    /// <summary>What no single option can say: a link that is made without an end must not live longer than one may.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => DefaultLinkLifetime > MaxLinkLifetime
        ? [new ValidationResult($"{nameof(DefaultLinkLifetime)} must not be more than {nameof(MaxLinkLifetime)}.", [nameof(DefaultLinkLifetime)])]
        : [];
}
