using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace PromptStash.Identity.Http;

/// <summary>The origins whose pages may act for a user, and the addresses to which one may be sent back.</summary>
internal sealed class TrustedOrigins
{
    private static readonly Uri RelativeBase = new("https://relative.invalid");

    private readonly HashSet<string> _listed;
    private readonly HashSet<string> _configured;

    public TrustedOrigins(IOptions<PublicAddressOptions> options)
    {
        _listed = options.Value.TrustedOrigins.Select(OriginOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        _configured = [.. _listed];
        if (OriginOf(options.Value.PublicUrl) is { } own)
        {
            _configured.Add(own);
        }
    }

    /// <summary>Whether the origin is one of <c>Api:TrustedOrigins</c>: a front end of another site.</summary>
    public bool IsListed(string origin) => TryGetOrigin(origin, out var parsed) && _listed.Contains(parsed);

    /// <summary>Whether a page of this origin may call the API: a configured one, or the address that the request itself was sent to.</summary>
    public bool IsTrusted(string origin, HttpRequest request) =>
        TryGetOrigin(origin, out var parsed)
        && (_configured.Contains(parsed) || (TryGetOrigin($"{request.Scheme}://{request.Host}", out var own) && own == parsed));

    /// <summary>
    /// Whether a caller may have the user sent to this address: a path of our own, or an address at a configured origin. The request's
    /// own Host does not count here, because the address may travel in a mail.
    /// </summary>
    public bool IsTrustedRedirect(string url)
    {
        if (url.Any(char.IsControl) || url.Contains('\\', StringComparison.Ordinal))
        {
            return false;
        }

        if (!url.StartsWith('/'))
        {
            return TryGetOrigin(url, out var origin) && _configured.Contains(origin);
        }

        // A browser takes //host for another site, and some routers decode %2f and %5c before they look.
        var path = url.AsSpan(0, url.IndexOfAny(['?', '#']) is >= 0 and var end ? end : url.Length);

        return !path.StartsWith("//")
            && !path.Contains("%2f", StringComparison.OrdinalIgnoreCase)
            && !path.Contains("%5c", StringComparison.OrdinalIgnoreCase)
            && Uri.TryCreate(RelativeBase, url, out var resolved)
            && resolved.Host == RelativeBase.Host;
    }

    /// <summary>The origin of an http or https address without user information: scheme, host and a port that is not the default.</summary>
    public static bool TryGetOrigin(string? url, [NotNullWhen(true)] out string? origin)
    {
        origin = Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && url.Contains("://", StringComparison.Ordinal)
            && uri.UserInfo.Length == 0
            && uri.Host.Length > 0
                ? uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)
                : null;

        return origin is not null;
    }

    private static string? OriginOf(string? url) => TryGetOrigin(url, out var origin) ? origin : null;
}
