using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using PromptStash.ServiceDefaults;

namespace PromptStash.Api.Errors;

/// <summary>
/// Turns what no slice handled into an answer: bad requests that the framework refused, a database that is away, and bugs. The answer says
/// what the sender can do; what happened inside goes to the log, under the same trace id.
/// </summary>
internal sealed partial class UnhandledErrors(ILogger<UnhandledErrors> logger) : IExceptionHandler
{
    private const int StatusClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusClientClosedRequest;
            return true;
        }

        var (status, detail) = exception switch
        {
            BadHttpRequestException badRequest => Describe(badRequest),
            _ when Find<PostgresException>(exception) is { SqlState: PostgresErrorCodes.DiskFull } =>
                (StatusCodes.Status507InsufficientStorage, "The database's disk is full. Nothing was changed."),
            _ when Find<PostgresException>(exception) is { SqlState: PostgresErrorCodes.LockNotAvailable } =>
                (StatusCodes.Status503ServiceUnavailable, "This stash is being changed by somebody else. Try again in a moment."),
            _ when Find<PostgresException>(exception) is { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } =>
                (StatusCodes.Status400BadRequest, "The request holds a character that no text here can hold, such as U+0000."),
            _ when IsDatabaseAway(exception) =>
                (StatusCodes.Status503ServiceUnavailable, "The database does not answer. Try again in a moment."),
            _ => (StatusCodes.Status500InternalServerError, null as string),
        };

        if (status >= StatusCodes.Status500InternalServerError)
        {
            logger.LogError(exception, "{Method} {Route} failed", httpContext.Request.Method, httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName);
            if (Find<PostgresException>(exception) is { } refused && DatabaseFaults.Describe(refused.SqlState) is { } advice)
            {
                logger.LogError("{Advice}", advice);
            }
        }

        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "1";
        }

        await ErrorAnswers.WriteAsync(httpContext, status, detail);

        return true;
    }

    private static (int Status, string? Detail) Describe(BadHttpRequestException exception) => exception switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (exception.StatusCode, "The request body is larger than this operation takes."),
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } =>
            (exception.StatusCode, "This operation takes another content type; most take application/json."),
        { InnerException: JsonException json } => (exception.StatusCode, Describe(json)),
        _ when ParameterPattern().Match(exception.Message) is { Success: true } match =>
            (exception.StatusCode, $"The value of '{match.Groups["name"].Value}' is missing or cannot be read."),
        _ => (exception.StatusCode, "The request cannot be read."),
    };

    private static string Describe(JsonException exception) => exception.LineNumber is { } line && exception.BytePositionInLine is { } position
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"The body is not the JSON that this operation takes: line {line + 1}, byte {position + 1}{(exception.Path is { Length: > 1 } path ? $", at {path}" : "")}.")
        : "The body is not the JSON that this operation takes.";

    private static bool IsDatabaseAway(Exception exception) =>
        exception is RetryLimitExceededException or TimeoutException
        || Find<NpgsqlException>(exception) is { } npgsql
            && (npgsql is not PostgresException postgres || postgres.IsTransient || IsUnavailable(postgres.SqlState));

    private static bool IsUnavailable(string sqlState) => sqlState is
        PostgresErrorCodes.ProtocolViolation or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable;

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The framework names a parameter with its CLR type: <c>parameter "int limit"</c>.</summary>
    [GeneratedRegex("parameter \"[^\" ]+ (?<name>[A-Za-z0-9_]+)\"", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex ParameterPattern();
}
