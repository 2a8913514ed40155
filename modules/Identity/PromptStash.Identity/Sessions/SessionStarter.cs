using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Sessions;

/// <summary>A session that was begun and not saved yet.</summary>
internal sealed record StartedSession(Session Session, string Secret)
{
    /// <summary>Hands the secret to the browser. Only after the session is saved.</summary>
    public void WriteCookie(HttpContext context) => SecretCookie.Session.Write(
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
            IpAddress = Client.IpAddress(context),
            UserAgent = Client.UserAgent(context),
            UserId = userId,
            CreatedAt = now,
            UpdatedAt = now,
            Remembered = remember,
        };
        db.Sessions.Add(session);

        return new StartedSession(session, secret);
    }
}
