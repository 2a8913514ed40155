using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL;

namespace PromptStash.BuildingBlocks;

/// <summary>
/// Repeats a unit of work after a transient database error: at most <see cref="MaxRetries"/> times, waiting at most <see cref="MaxDelay"/>.
/// </summary>
/// <remarks>
/// PgBouncer reports its own errors (server login failing, query wait timeout) as 08P01, which Npgsql does not count as transient;
/// Npgsql does count 53100, a full disk, and 55P03, a lock that was waited for long enough; neither gets better by asking again at once.
/// A connection that broke between two commands of a transaction has ended that transaction, and Npgsql then complains of it as of a mistake
/// of its caller's; nothing was committed, and the unit of work begins again.
/// </remarks>
public sealed class TransientRetry(ExecutionStrategyDependencies dependencies)
    : NpgsqlRetryingExecutionStrategy(dependencies, MaxRetries, MaxDelay, [PostgresErrorCodes.ProtocolViolation])
{
    /// <summary>How often a unit of work is repeated.</summary>
    public const int MaxRetries = 4;

    /// <summary>The longest pause between two tries.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    protected override bool ShouldRetryOn(Exception? exception) =>
        exception is InvalidOperationException { Source: "Npgsql", Message: "Transaction is already completed" }
        || (exception is not PostgresException { SqlState: PostgresErrorCodes.DiskFull or PostgresErrorCodes.LockNotAvailable } && base.ShouldRetryOn(exception));
}
