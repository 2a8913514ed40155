using Microsoft.Extensions.Options;
using PromptStash.BuildingBlocks;

namespace PromptStash.Api.Admin;

/// <summary>
/// Lets administrators pass who have just signed in. To everybody else there is nothing here: who is an administrator is not told by asking.
/// </summary>
internal sealed class AdministratorsOnly(IOptionsMonitor<AdminOptions> options, TimeProvider time) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var user = context.HttpContext.User;
        if (user.GetVerifiedEmail() is not { } email || !options.CurrentValue.Emails.Contains(email, StringComparer.OrdinalIgnoreCase))
        {
            return TypedResults.NotFound();
        }

        return user.GetSignedInAt() + options.CurrentValue.FreshFor > time.GetUtcNow()
            ? await next(context)
            : TypedResults.Problem("Sign in again: this is open for a while after signing in only.", statusCode: StatusCodes.Status403Forbidden);
    }
}
