namespace PromptStash.Stashes.Access;

/// <summary>
/// Opens to people what is shared with them. The caller's own things come first, and cost no further query; only where the operation finds
/// nothing there, it is asked whether somebody else's thing is meant that the caller was given, and the operation runs again on that. What is
/// visible and not permitted is 403, everything else stays 404.
/// </summary>
internal sealed class GrantedAccessFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var answer = await next(context);
        if (!IsNotFound(answer))
        {
            return answer;
        }

        var http = context.HttpContext;
        var access = http.RequestServices.GetRequiredService<StashAccess>();
        if (!await access.EnterAsync(http.User, http.Request.RouteValues, http.RequestAborted))
        {
            return answer;
        }

        if (!access.Allows(http.GetEndpoint()?.Metadata.GetMetadata<OpenToGrants>()?.Need ?? GrantNeed.Ownership))
        {
            return Problems.NotPermitted();
        }

        try
        {
            var given = await next(context);
            if (StatusOf(given) is null or < StatusCodes.Status400BadRequest)
            {
                await access.NoteUseAsync(http.User, writes: !HttpMethods.IsGet(http.Request.Method), http.RequestAborted);
            }

            return given;
        }
        catch (AccessEndedException)
        {
            // It may have been taken back as a whole since.
            return await access.EnterAsync(http.User, http.Request.RouteValues, http.RequestAborted) ? Problems.NotPermitted() : answer;
        }
    }

    private static bool IsNotFound(object? answer) => StatusOf(answer) == StatusCodes.Status404NotFound;

    private static int? StatusOf(object? answer) =>
        ((answer is INestedHttpResult nested ? nested.Result : answer) as IStatusCodeHttpResult)?.StatusCode;
}
