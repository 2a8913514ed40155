using System.ComponentModel.DataAnnotations;

namespace PromptStash.MigrationService;

/// <summary>How long the worker waits for others, and where its tools are.</summary>
public sealed class MigrationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Migration";

    /// <summary>How long to wait for a server that is not up yet. Default 60 s.</summary>
    public TimeSpan WaitForDatabase { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long to wait for another worker that is migrating. Default 10 min.</summary>
    public TimeSpan WaitForLock { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long one statement of a migration may wait for a table's lock before it lets the others through. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to try again for a table's lock. Default 60 s.</summary>
    public TimeSpan WaitForTables { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long <c>lint</c> waits for squawk on one migration, which npm fetches the first time. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan WaitForSquawk { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The folder with pg_dump, pg_restore and psql. Default: the newest of those in PATH and in the usual places.</summary>
    public string? ClientBin { get; set; }
}
