namespace PromptStash.Sharing.Access;

/// <summary>The caller sees the file, and was not given enough to do this with it.</summary>
internal sealed class NotPermittedException() : Exception("The caller's grants do not cover this.");

/// <summary>Answers what <see cref="AccessibleFiles"/> refuses, for all operations alike.</summary>
internal sealed class NotPermittedFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (NotPermittedException)
        {
            return TypedResults.Problem(
                "This is shared with you, but not with the permission that this needs.", statusCode: StatusCodes.Status403Forbidden);
        }
    }
}
