using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.Audit;

/// <summary>Writes an audit event to the log too, for those who watch from outside, and only once it is really saved.</summary>
internal sealed partial class AuditLogger(ILogger<AuditLogger> logger) : SaveChangesInterceptor
{
    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        foreach (var entry in eventData.Context?.ChangeTracker.Entries<AuditEvent>().ToList() ?? [])
        {
            var audit = entry.Entity;
            LogEvent(
                audit.Succeeded ? LogLevel.Information : LogLevel.Warning,
                audit.Type, audit.Succeeded ? "succeeded" : "failed", audit.UserId, audit.IpAddress, audit.Detail);
            SignInMeter.Count(audit);

            // Told once, also if the same context saves something else later.
            entry.State = EntityState.Detached;
        }

        return ValueTask.FromResult(result);
    }

    [LoggerMessage("Security event {Type} {Outcome}: user {UserId}, address {IpAddress}, {Detail}")]
    private partial void LogEvent(LogLevel level, string type, string outcome, Guid? userId, string? ipAddress, string? detail);
}
