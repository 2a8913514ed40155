namespace PromptStash.MigrationService;

/// <summary>How long the worker waits for others.</summary>
public sealed class MigrationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Migration";

    /// <summary>How long to wait for a server that is not up yet.</summary>
    public TimeSpan WaitForDatabase { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long to wait for another worker that is migrating.</summary>
    public TimeSpan WaitForLock { get; set; } = TimeSpan.FromMinutes(10);
}
