using System.Diagnostics;
using System.Text.Json;

namespace PromptStash.BuildingBlocks;

/// <summary>A module's outbox: its table and how a slice writes to it.</summary>
public static class OutboxModel
{
    /// <summary>Maps the module's own <c>outbox_messages</c> table.</summary>
    public static ModelBuilder AddOutbox(this ModelBuilder model)
    {
        var outbox = model.Entity<OutboxMessage>();
        outbox.ToTable("outbox_messages");
        outbox.Property(m => m.Id).ValueGeneratedNever();
        outbox.Property(m => m.Type).HasMaxLength(100);
        outbox.Property(m => m.Payload).HasColumnType("jsonb");
        outbox.Property(m => m.TraceParent).HasMaxLength(55);
        outbox.Property(m => m.LastError).HasMaxLength(200);
        outbox.HasIndex(m => new { m.NotBefore, m.Id });

        return model;
    }

    /// <summary>Adds an event to the outbox; it is delivered at least once after this context's changes are saved.</summary>
    public static void Publish<TEvent>(this DbContext db, string type, TEvent message, DateTimeOffset now) =>
        db.Set<OutboxMessage>().Add(new OutboxMessage
        {
            Id = Guid.CreateVersion7(now),
            Type = type,
            Payload = JsonSerializer.Serialize(message, JsonSerializerOptions.Web),
            OccurredAt = now,
            NotBefore = now,
            TraceParent = Activity.Current?.Id,
        });
}
