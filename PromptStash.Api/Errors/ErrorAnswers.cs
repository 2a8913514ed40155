using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace PromptStash.Api.Errors;

/// <summary>An error in the words of the part of the API that it happened in.</summary>
internal static class ErrorAnswers
{
    /// <summary>Below it, errors are Better Auth's <c>{message, code}</c>; everywhere else RFC 9457 problem documents.</summary>
    private const string AuthPath = "/api/auth";

    public static bool IsAuth(HttpContext context) => context.Request.Path.StartsWithSegments(AuthPath, StringComparison.OrdinalIgnoreCase);

    /// <summary>Errors name the fields as the JSON does, not as C# does.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        if (context.ProblemDetails is HttpValidationProblemDetails validation)
        {
            validation.Errors = validation.Errors.ToDictionary(
                error => JsonNamingPolicy.CamelCase.ConvertName(error.Key),
                error => error.Value.Select(message => message.Replace($"The {error.Key} field", $"The field '{JsonNamingPolicy.CamelCase.ConvertName(error.Key)}'", StringComparison.Ordinal)).ToArray(),
                StringComparer.Ordinal);
        }
    }

    /// <summary>Answers an error; <paramref name="detail"/> is our own text, never an exception's.</summary>
    public static async Task WriteAsync(HttpContext context, int status, string? detail, string code)
    {
        context.Response.StatusCode = status;
        if (IsAuth(context))
        {
            await context.Response.WriteAsJsonAsync(new { message = detail, code }, context.RequestAborted);
            return;
        }

        await context.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        });
    }
}
