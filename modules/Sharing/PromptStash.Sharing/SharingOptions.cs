namespace PromptStash.Sharing;

/// <summary>The limits of the Sharing module: configuration section <c>Sharing</c>.</summary>
public sealed class SharingOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sharing";

    /// <summary>How long a link lives that is made without an end. Default 7 days.</summary>
    public TimeSpan DefaultLinkLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a link may live, counted from when its end is set. Default 90 days.</summary>
    public TimeSpan MaxLinkLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a browser may go on reading after it has opened a link or given its password. Default 30 minutes.</summary>
    public TimeSpan VisitLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How often in a minute an address may ask for links that are not there; valid links still open. Default 20.</summary>
    [Range(1, int.MaxValue)]
    public int MissesPerMinute { get; set; } = 20;

    /// <summary>How many wrong passwords an address may try at a link within <see cref="PasswordWindow"/>. Default 5.</summary>
    [Range(1, int.MaxValue)]
    public int MaxWrongPasswords { get; set; } = 5;

    /// <summary>The time in which wrong passwords are counted. Default 15 minutes.</summary>
    public TimeSpan PasswordWindow { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How many comments an address may write through one link in an hour. Default 30.</summary>
    [Range(1, int.MaxValue)]
    public int LinkCommentsPerHour { get; set; } = 30;

    /// <summary>How long the log of what became of a share is kept. Default 90 days.</summary>
    public TimeSpan AccessLogRetention { get; set; } = TimeSpan.FromDays(90);
}
