using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using PromptStash.Identity;

namespace PromptStash.Api.Errors;

/// <summary>
/// Errors that no slice answers by itself. They all go through the problem details service, where the Identity module has the say below
/// its path: there an error is Better Auth's <c>{message, code}</c>, elsewhere an RFC 9457 problem document.
/// </summary>
internal static class ErrorAnswers
{
    /// <summary>Answers an error; <paramref name="detail"/> is our own text, never an exception's.</summary>
    public static async Task WriteAsync(HttpContext context, int status, string? detail)
    {
        context.Response.StatusCode = status;
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        });
    }

    /// <summary>Gives a body to an answer that is only a status code.</summary>
    public static Task DescribeAsync(StatusCodeContext answer)
    {
        var context = answer.HttpContext;

        // The contract of the official client: an unknown route below /api/auth has no body.
        return context.GetEndpoint() is null && context.Request.Path.StartsWithSegments(IdentityModule.AuthPath)
            ? Task.CompletedTask
            : WriteAsync(context, context.Response.StatusCode, detail: null);
    }

    /// <summary>Errors name the fields as the JSON does, not as C# does.</summary>
    public static void NameFieldsAsJson(ProblemDetailsContext context)
    {
        if (context.ProblemDetails is HttpValidationProblemDetails validation)
        {
            validation.Errors = validation.Errors.ToDictionary(
                error => NameOf(error.Key),
                error => Array.ConvertAll(error.Value, message => NameField(message, error.Key.Split('.')[^1])),
                StringComparer.Ordinal);
        }
    }

    /// <summary>Of a field of a field too: <c>changes[0].ifVersion</c>.</summary>
    private static string NameOf(string member) => string.Join('.', member.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    private static string NameField(string message, string member) => message
        .Replace($"The {member} field", $"The field {member}", StringComparison.Ordinal)
        .Replace($"The field {member}", $"The field '{JsonNamingPolicy.CamelCase.ConvertName(member)}'", StringComparison.Ordinal);
}
