using System.Globalization;

namespace PromptStash.Stashes.Usage;

/// <summary>
/// Answers what <see cref="UsageLimits"/> refuses, for all operations alike: 413 where it is bytes, 409 where it is stashes, folders or files.
/// </summary>
internal sealed class UsageLimitFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (UsageLimitException exception)
        {
            return await AnswerAsync(context.HttpContext, exception);
        }
    }

    private static async Task<ProblemHttpResult> AnswerAsync(HttpContext http, UsageLimitException refused)
    {
        var status = refused.Kind == UsageKinds.Bytes ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status409Conflict;

        // Who writes into somebody else's stash has no business knowing how much there is in the others.
        if (http.User.GetUserId() != refused.OwnerId)
        {
            return TypedResults.Problem("The owner of the stash has no room left for this.", statusCode: status);
        }

        // Read again, after the rollback: what the owner does keep.
        var totals = await http.RequestServices.GetRequiredService<UsageLimits>().ReadAsync(refused.OwnerId, http.RequestAborted);
        var (name, used) = refused.Kind switch
        {
            UsageKinds.Stashes => ("stashes", totals.Stashes),
            UsageKinds.Folders => ("folders", totals.Folders),
            UsageKinds.Files => ("files", totals.Files),
            _ => ("bytes", totals.Bytes),
        };

        return TypedResults.Problem(
            string.Create(
                CultureInfo.InvariantCulture,
                $"You keep {used:N0} {name}, the trash and old versions included; with this it would be {refused.Needed:N0}, and the limit is {refused.Limit:N0}."),
            statusCode: status,
            extensions: new Dictionary<string, object?> { ["resource"] = name, ["used"] = used, ["needed"] = refused.Needed, ["limit"] = refused.Limit });
    }
}
