namespace PromptStash.Sharing.Access;

/// <summary>The caller sees the file, and was not given enough to do this with it.</summary>
internal sealed class NotPermittedException() : Exception("The caller's grants do not cover this.");

/// <summary>Answers what <see cref="AccessibleFiles"/> refuses, and notes what it let through, for all operations alike.</summary>
internal sealed class NotPermittedFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            var answer = await next(context);
            var http = context.HttpContext;
            if (((answer is INestedHttpResult nested ? nested.Result : answer) as IStatusCodeHttpResult)?.StatusCode is null or < StatusCodes.Status400BadRequest)
            {
                await http.RequestServices.GetRequiredService<AccessibleFiles>().NoteUseAsync(http.User.GetUserId(), http.RequestAborted);
            }

            return answer;
        }
        catch (NotPermittedException)
        {
            return TypedResults.Problem(
                "This is shared with you, but not with the permission that this needs.", statusCode: StatusCodes.Status403Forbidden);
        }
    }
}
