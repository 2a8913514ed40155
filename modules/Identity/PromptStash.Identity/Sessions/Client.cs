using PromptStash.Identity.Data;

namespace PromptStash.Identity.Sessions;

/// <summary>What a request tells of the machine that it comes from.</summary>
internal static class Client
{
    /// <summary>The caller's address; behind a proxy it is the one that the host took from a trusted header.</summary>
    public static string? IpAddress(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
        {
            return null;
        }

        var text = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

        return text.Length <= Session.IpAddressMaxLength ? text : null;
    }

    public static string? UserAgent(HttpContext context)
    {
        var text = context.Request.Headers.UserAgent.ToString();

        return text.Length switch
        {
            0 => null,
            > Session.UserAgentMaxLength => text[..Session.UserAgentMaxLength],
            _ => text,
        };
    }
}
