using System.ComponentModel.DataAnnotations;

namespace PromptStash.Api;

/// <summary>How the API is reached: configuration section <c>Api</c>.</summary>
internal sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>The proxies whose X-Forwarded-For and -Proto are believed, as addresses or networks (<c>10.0.0.0/8</c>). Default: none.</summary>
    public List<string> KnownProxies { get; set; } = [];

    /// <summary>The largest request body, in bytes, of operations without a limit of their own. Default 1 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxRequestBodyBytes { get; set; } = 1024 * 1024;
}
