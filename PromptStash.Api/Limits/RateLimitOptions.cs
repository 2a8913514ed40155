using System.ComponentModel.DataAnnotations;

namespace PromptStash.Api.Limits;

/// <summary>How many requests are let through: configuration section <c>RateLimits</c>.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Requests per second of one signed-in user. Default 200, so that one agent working flat out is not hindered.</summary>
    [Range(1, 1_000_000)]
    public int UserPerSecond { get; set; } = 200;

    /// <summary>How many more requests of one user wait for their turn instead of being refused. Default 200: a second's worth.</summary>
    [Range(0, 1_000_000)]
    public int UserQueue { get; set; } = 200;

    /// <summary>Requests per second of one address that is not signed in. Default 30.</summary>
    [Range(1, 1_000_000)]
    public int AnonymousPerSecond { get; set; } = 30;

    /// <summary>Files per second that one address which is not signed in may have checked. Default 2: a check may take a second of a processor.</summary>
    [Range(1, 1_000_000)]
    public int AnonymousValidationsPerSecond { get; set; } = 2;

    /// <summary>From how many bytes on a body is large; one of unknown length is. Default 1 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int LargeBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>How many requests with large bodies are worked on at a time, in this process. Default 8.</summary>
    [Range(1, 10_000)]
    public int LargeBodiesAtOnce { get; set; } = 8;

    /// <summary>How many more of them wait. Default 200.</summary>
    [Range(0, 1_000_000)]
    public int LargeBodiesQueue { get; set; } = 200;

    /// <summary>Requests per second of everybody together, in this process. Default 2,000.</summary>
    [Range(1, 10_000_000)]
    public int GlobalPerSecond { get; set; } = 2000;
}
