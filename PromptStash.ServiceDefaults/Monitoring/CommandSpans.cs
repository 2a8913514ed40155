using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Npgsql;

namespace PromptStash.ServiceDefaults.Monitoring;

/// <summary>
/// The span of a command: the statement with its placeholders, whose it is, and how many rows it came to. Npgsql's own span ends before that
/// is known of a statement without an answer, and repeats the server's message of an error, in which a value may stand.
/// </summary>
internal sealed class CommandSpans
{
    /// <summary>The name to subscribe to.</summary>
    public const string SourceName = "PromptStash.Database";

    /// <summary>An import writes many rows by one statement, whose text only repeats itself.</summary>
    private const int MaxStatementLength = 4096;

    private static readonly ActivitySource Source = new(SourceName);

    private readonly ConditionalWeakTable<DbCommand, Activity> _open = [];

    /// <summary>
    /// Begins the span of a command that belongs to something which is traced. What a process does by itself all the time, such as looking
    /// for events, would be a trace each second.
    /// </summary>
    public void Begin(DbCommand command, string operation)
    {
        if (Activity.Current is null)
        {
            return;
        }

        var verb = VerbOf(command.CommandText);
        if (Source.StartActivity($"{operation} {verb}", ActivityKind.Client) is not { } span)
        {
            return;
        }

        span.SetTag("db.system.name", "postgresql");
        span.SetTag("db.namespace", command.Connection?.Database);
        span.SetTag("db.operation.name", verb);
        span.SetTag("db.query.text", command.CommandText.Length <= MaxStatementLength ? command.CommandText : command.CommandText[..MaxStatementLength] + "…");
        span.SetTag("promptstash.operation", operation);
        _open.AddOrUpdate(command, span);
    }

    /// <summary>Ends the span of a command that was answered with rows.</summary>
    public void EndRead(DbCommand command, int rows) => Take(command)?.SetTag("db.response.returned_rows", rows).Stop();

    /// <summary>Ends the span of a command that changed rows.</summary>
    public void EndWrite(DbCommand command, int rows) => Take(command)?.SetTag("promptstash.affected_rows", rows).Stop();

    /// <summary>Ends the span of a command that failed: the kind of error, never its text.</summary>
    public void EndFailed(DbCommand command, Exception? exception)
    {
        if (Take(command) is not { } span)
        {
            return;
        }

        var state = (exception as PostgresException)?.SqlState;
        span.SetTag("db.response.status_code", state);
        span.SetTag("error.type", state ?? exception?.GetType().Name ?? "cancelled");
        span.SetStatus(ActivityStatusCode.Error);
        span.Stop();
    }

    /// <summary>The connection hands the same object out again for its next command.</summary>
    private Activity? Take(DbCommand command)
    {
        if (_open.TryGetValue(command, out var span))
        {
            _open.Remove(command);
        }

        return span;
    }

    /// <summary>The first word after the comment with the operation.</summary>
    private static string VerbOf(string statement)
    {
        var text = statement.AsSpan().TrimStart();
        while (text.StartsWith("/*") && text.IndexOf("*/") is > 0 and var end)
        {
            text = text[(end + 2)..].TrimStart();
        }

        var length = 0;
        while (length < text.Length && char.IsAsciiLetter(text[length]))
        {
            length++;
        }

        return length == 0 ? "statement" : text[..length].ToString().ToUpperInvariant();
    }
}
