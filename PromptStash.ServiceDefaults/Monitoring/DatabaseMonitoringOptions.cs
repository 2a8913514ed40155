using System.ComponentModel.DataAnnotations;

namespace PromptStash.ServiceDefaults.Monitoring;

/// <summary>What the running system tells of its database: configuration section <c>Database:Monitoring</c>.</summary>
public sealed class DatabaseMonitoringOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Database:Monitoring";

    /// <summary>From what duration on a command is logged as slow. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan SlowCommand { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often PostgreSQL's own figures are read for the metrics. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SampleInterval { get; set; } = TimeSpan.FromSeconds(30);
}
