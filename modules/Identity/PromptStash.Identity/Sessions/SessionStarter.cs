using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.Sessions;

/// <summary>A session that was begun and not saved yet.</summary>
internal sealed record StartedSession(Session Session, string Secret)
{
    /// <summary>Hands the secret to the browser. Only after the session is saved.</summary>
    public void WriteCookie(HttpContext context) => SessionCookie.Write(
        context, Secret, Session.Remembered ? Session.ExpiresAt - Session.CreatedAt : null);
}

/// <summary>Begins sessions. Each has a new secret: one that came with the request is never taken over (ASVS 7.2.4).</summary>
internal sealed class SessionStarter(IOptions<IdentityOptions> options)
{
    public StartedSession Start(IdentityDbContext db, Guid userId, bool remember, HttpContext context, DateTimeOffset now)
    {
        var rules = options.Value.Session;
        var secret = Secret.Create();
        var session = new Session
        {
            Id = Guid.CreateVersion7(now),
            Token = Secret.Hash(secret),
            ExpiresAt = now + (remember ? rules.Lifetime : rules.ShortLifetime),
            AbsoluteExpiresAt = now + (remember ? rules.AbsoluteLifetime : rules.ShortLifetime),
            IpAddress = IpAddressOf(context),
            UserAgent = UserAgentOf(context),
            UserId = userId,
            CreatedAt = now,
            UpdatedAt = now,
            Remembered = remember,
        };
        db.Sessions.Add(session);

        return new StartedSession(session, secret);
    }

    /// <summary>The caller's address; behind a proxy it is the one that the host took from a trusted header.</summary>
    public static string? IpAddressOf(HttpContext context) => context.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() is { Length: <= Session.IpAddressMaxLength } text ? text : null
        : null;

    public static string? UserAgentOf(HttpContext context)
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
