using Npgsql;
using PromptStash.ServiceDefaults;

namespace PromptStash.MigrationService;

/// <summary>An exception as one line for the operator; where in the code it happened is for whoever turns on Debug.</summary>
internal static class Failure
{
    public static string Describe(Exception exception) => CauseOf(exception) switch
    {
        MigrationException or DatabaseSettingException => CauseOf(exception).Message,
        OperationCanceledException => "Stopped before the end. What was finished is kept; run the worker again.",
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
            "The database server's disk is full. Free space and run the worker again; what was finished is kept, the migration under way was undone.",
        PostgresException postgres =>
            $"PostgreSQL refused a statement ({postgres.SqlState}: {postgres.MessageText}). What was finished is kept; mend the cause and run the worker again.",
        NpgsqlException broken => $"The connection to the database broke ({broken.Message}). What was finished is kept; run the worker again.",
        _ => $"The worker failed ({exception.GetType().Name}: {OneLine(exception.Message)}). What was finished is kept; mend the cause and run the worker again.",
    };

    public static int ExitCodeOf(Exception exception) => (CauseOf(exception) as MigrationException)?.ExitCode ?? ExitCodes.Failed;

    private static Exception CauseOf(Exception exception)
    {
        var cause = exception;
        while (cause is not (MigrationException or DatabaseSettingException or NpgsqlException or OperationCanceledException) && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
