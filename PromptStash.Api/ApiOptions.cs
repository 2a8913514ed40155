using System.ComponentModel.DataAnnotations;
using System.Net;

namespace PromptStash.Api;

/// <summary>How the API is reached: configuration section <c>Api</c>.</summary>
internal sealed class ApiOptions : IValidatableObject
{
    public const string Section = "Api";

    /// <summary>The proxies whose X-Forwarded-For and -Proto are believed, as addresses or networks (<c>10.0.0.0/8</c>). Default: none.</summary>
    public List<string> KnownProxies { get; set; } = [];

    /// <summary>The largest request body, in bytes, of operations without a limit of their own. Default 1 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxRequestBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>How long requests that are under way when the process is told to stop may still take. Default 25 s, less than what Docker and Kubernetes are told to wait.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>The known proxies; an empty entry, as compose files leave one, is none.</summary>
    public IEnumerable<System.Net.IPNetwork> ProxyNetworks =>
        KnownProxies.Where(proxy => !string.IsNullOrWhiteSpace(proxy)).Select(proxy => NetworkOf(proxy) ?? throw new FormatException(proxy));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => KnownProxies
        .Where(proxy => !string.IsNullOrWhiteSpace(proxy) && NetworkOf(proxy) is null)
        .Select(proxy => new ValidationResult(
            $"{Section}:{nameof(KnownProxies)} has '{proxy}', which is neither an address (10.0.0.7) nor a network (10.0.0.0/8)."));

    private static System.Net.IPNetwork? NetworkOf(string proxy) =>
        IPAddress.TryParse(proxy, out var address) ? OnlyOf(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        : System.Net.IPNetwork.TryParse(proxy, out var network) ? network
        : null;

    private static System.Net.IPNetwork OnlyOf(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);
}
