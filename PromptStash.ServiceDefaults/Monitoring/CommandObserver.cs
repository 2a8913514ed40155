using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PromptStash.BuildingBlocks;

namespace PromptStash.ServiceDefaults.Monitoring;

/// <summary>
/// Puts the name of the operation in front of every command, where PostgreSQL's statistics and logs show it, traces it, and tells of commands
/// that took long. Values of parameters are never told: they are what users keep here.
/// </summary>
internal sealed partial class CommandObserver(
    IHttpContextAccessor requests, IOptions<DatabaseMonitoringOptions> options, ILogger<CommandObserver> logger, DatabaseMeter meter, CommandSpans spans)
    : DbCommandInterceptor
{
    /// <summary>How the text of every command begins that went by here.</summary>
    public const string Mark = "/* ";

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
        spans.EndWrite(command, result);

        return new(result);
    }

    public override ValueTask<object?> ScalarExecutedAsync(DbCommand command, CommandExecutedEventData eventData, object? result, CancellationToken cancellationToken = default)
    {
        Look(command, eventData.Duration, result is null ? 0 : 1);
        spans.EndRead(command, result is null ? 0 : 1);

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
        var read = Math.Max(0, eventData.ReadCount - 1);
        Look(command, waited + eventData.Duration, eventData.RecordsAffected >= 0 ? eventData.RecordsAffected : read);
        if (eventData.RecordsAffected >= 0)
        {
            spans.EndWrite(command, eventData.RecordsAffected);
        }
        else
        {
            spans.EndRead(command, read);
        }

        return result;
    }

    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) => Fail(command, eventData);

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Fail(command, eventData);

        return Task.CompletedTask;
    }

    public override Task CommandCanceledAsync(DbCommand command, CommandEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Look(command, eventData.Duration, 0);
        spans.EndFailed(command, exception: null);

        return Task.CompletedTask;
    }

    private void Fail(DbCommand command, CommandErrorEventData eventData)
    {
        Look(command, eventData.Duration, 0);
        spans.EndFailed(command, eventData.Exception);
    }

    private void Tag(DbCommand command)
    {
        var operation = requests.HttpContext?.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? BackgroundWork.Name ?? NoOperation;

        // The name is an identifier of ours; nothing that a request brings gets into the text.
        command.CommandText = $"{Mark}{operation} */ {command.CommandText}";
        spans.Begin(command, operation);
    }

    private void Look(DbCommand command, TimeSpan duration, int rows)
    {
        if (duration < options.Value.SlowCommand)
        {
            return;
        }

        var text = command.CommandText;
        var operation = text.StartsWith(Mark, StringComparison.Ordinal) ? text[Mark.Length..text.IndexOf(" */", StringComparison.Ordinal)] : NoOperation;
        meter.SlowCommands.Add(1, new KeyValuePair<string, object?>("operation", operation));
        LogSlow(operation, (long)duration.TotalMilliseconds, rows, Activity.Current?.TraceId.ToString() ?? "none", text);
    }

    [LoggerMessage(
        EventName = "SlowCommand",
        Level = LogLevel.Warning,
        Message = "Slow command of {Operation}: {DurationMs} ms, {Rows} rows, trace {TraceId}: {CommandText}")]
    private partial void LogSlow(string operation, long durationMs, int rows, string traceId, string commandText);
}
