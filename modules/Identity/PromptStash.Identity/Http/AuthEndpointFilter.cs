using PromptStash.Identity.Passwords;

namespace PromptStash.Identity.Http;

/// <summary>What all operations below <c>/api/auth</c> share: answers are never cached, bad bodies are answered, overload is 503.</summary>
internal sealed class AuthEndpointFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        foreach (var argument in context.Arguments)
        {
            if (argument is IAuthBody { Error: { } error })
            {
                return error;
            }
        }

        try
        {
            return await next(context);
        }
        catch (PasswordHashingBusyException)
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";

            return AuthErrors.Busy;
        }
    }
}
