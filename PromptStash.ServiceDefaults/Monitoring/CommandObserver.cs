using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PromptStash.ServiceDefaults.Monitoring;

/// <summary>
/// Puts the name of the operation in front of every command, where PostgreSQL's statistics and logs show it, and tells of commands that took
/// long. Values of parameters are never told: they are what users keep here.
/// </summary>
internal sealed partial class CommandObserver(
    IHttpContextAccessor requests, IOptions<DatabaseMonitoringOptions> options, ILogger<CommandObserver> logger, DatabaseMeter meter) : DbCommandInterceptor
{
    private const string NoOperation = "Background";

    /// <summary>Commands that were slow to answer, until their rows are counted.</summary>
    private readonly ConditionalWeakTable<DbCommand, object> _answeredLate = [];

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Tag(command);

        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Tag(command);

        return new(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Tag(command);

        return new(result);
    }

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Tag(command);

        return new(result);
    }

    public override ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (eventData.Duration >= options.Value.SlowCommand)
        {
            _answeredLate.AddOrUpdate(command, eventData.Duration);
        }

        return new(result);
    }

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Look(command, eventData.Duration, result);

        return new(result);
    }

    public override ValueTask<object?> ScalarExecutedAsync(DbCommand command, CommandExecutedEventData eventData, object? result, CancellationToken cancellationToken = default)
    {
        Look(command, eventData.Duration, result is null ? 0 : 1);

        return new(result);
    }

    public override InterceptionResult DataReaderDisposing(DbCommand command, DataReaderDisposingEventData eventData, InterceptionResult result)
    {
        var waited = TimeSpan.Zero;
        if (_answeredLate.TryGetValue(command, out var late))
        {
            // The connection hands the same object out again for its next command.
            _answeredLate.Remove(command);
            waited = (TimeSpan)late;
        }

        // The last of the reads is the one that finds no more row; a statement that changes rows says itself how many.
        Look(command, waited + eventData.Duration, eventData.RecordsAffected >= 0 ? eventData.RecordsAffected : Math.Max(0, eventData.ReadCount - 1));

        return result;
    }

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Look(command, eventData.Duration, 0);

        return Task.CompletedTask;
    }

    private void Tag(DbCommand command)
    {
        var operation = requests.HttpContext?.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;

        // The name is an identifier of ours; nothing that a request brings gets into the text.
        command.CommandText = $"/* {operation ?? NoOperation} */ {command.CommandText}";
    }

    private void Look(DbCommand command, TimeSpan duration, int rows)
    {
        if (duration < options.Value.SlowCommand)
        {
            return;
        }

        var text = command.CommandText;
        var operation = text.StartsWith("/* ", StringComparison.Ordinal) ? text[3..text.IndexOf(" */", StringComparison.Ordinal)] : NoOperation;
        meter.SlowCommands.Add(1, new KeyValuePair<string, object?>("operation", operation));
        LogSlow(operation, (long)duration.TotalMilliseconds, rows, Activity.Current?.TraceId.ToString() ?? "none", text);
    }

    [LoggerMessage(
        EventName = "SlowCommand",
        Level = LogLevel.Warning,
        Message = "Slow command of {Operation}: {DurationMs} ms, {Rows} rows, trace {TraceId}: {CommandText}")]
    private partial void LogSlow(string operation, long durationMs, int rows, string traceId, string commandText);
}
