using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PromptStash.Identity.Data;

/// <summary>Removes what is over: sessions, secrets, counters and old audit events. All of them are looked at with their end, so nothing depends on it.</summary>
internal sealed class IdentityHousekeeping(
    IServiceScopeFactory scopes, IOptions<IdentityOptions> options, TimeProvider time, ILogger<IdentityHousekeeping> logger)
    : Housekeeping(scopes, time, logger)
{
    private readonly TimeProvider _time = time;

    protected override async Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<IdentityDbContext>();
        var now = _time.GetUtcNow();
        var oldestAudit = now - options.Value.AuditRetention;

        await db.Sessions.Where(s => s.ExpiresAt < now || s.AbsoluteExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        await db.Verifications.Where(v => v.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        await db.AttemptCounters.Where(c => c.WindowEndsAt < now).ExecuteDeleteAsync(cancellationToken);
        await db.AuditEvents.Where(a => a.OccurredAt < oldestAudit).ExecuteDeleteAsync(cancellationToken);
    }
}
