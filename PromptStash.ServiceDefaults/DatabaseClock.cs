namespace PromptStash.ServiceDefaults;

/// <summary>
/// The system's clock in steps of a microsecond, which is what PostgreSQL stores: a time that was just written and answered is the same
/// when it is read back.
/// </summary>
public sealed class DatabaseClock : TimeProvider
{
    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        var now = base.GetUtcNow();

        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
