using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace PromptStash.LocalHost;

/// <summary>Prints a log entry as a sentence to its reader: categories, numbers and stack traces are in the files.</summary>
internal sealed class PlainConsole() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "plain";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var severity = logEntry.LogLevel switch
        {
            LogLevel.Critical or LogLevel.Error => "Error: ",
            LogLevel.Warning => "Warning: ",
            _ => "",
        };
        var cause = logEntry.Exception is { } exception ? $" ({exception.GetType().Name}: {exception.Message})" : "";
        textWriter.WriteLine(severity + logEntry.Formatter(logEntry.State, logEntry.Exception) + cause);
    }
}
