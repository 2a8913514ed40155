using PromptStash.Identity.Data;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Audit;

/// <summary>Notes what happens to accounts.</summary>
internal static class AuditTrail
{
    /// <summary>Adds a success; it is saved with the change that it tells of.</summary>
    public static void AddSuccess(
        this IdentityDbContext db, string type, Guid userId, HttpContext context, DateTimeOffset now, string? detail = null) =>
        db.AuditEvents.Add(EventOf(type, succeeded: true, userId, context, now, detail));

    /// <summary>Adds a failure and saves it at once: most have no change to be saved with.</summary>
    public static async Task SaveFailureAsync(
        this IdentityDbContext db,
        string type,
        Guid? userId,
        HttpContext context,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        string? detail = null)
    {
        db.AuditEvents.Add(EventOf(type, succeeded: false, userId, context, now, detail));
        await db.SaveChangesAsync(cancellationToken);
    }

    private static AuditEvent EventOf(
        string type, bool succeeded, Guid? userId, HttpContext context, DateTimeOffset now, string? detail) => new()
        {
            Id = Guid.CreateVersion7(now),
            Type = type,
            Succeeded = succeeded,
            UserId = userId,
            IpAddress = Client.IpAddress(context),
            UserAgent = Client.UserAgent(context),
            Detail = detail,
            OccurredAt = now,
        };
}
