using PromptStash.Identity.Http;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Users;

internal static class ConfirmUserDeletion
{
    public static void MapConfirmUserDeletion(this IEndpointRouteBuilder auth) =>
        auth.MapGet("/delete-user/callback", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(ConfirmUserDeletion))
            .WithSummary("Delete your account with the token from the mail")
            .WithDescription("Only in a session of the same user: the mail alone is not enough, and neither is a session.")
            .WithResponseExample(DeleteUserAnswer.Deleted)
            .Produces(StatusCodes.Status302Found)
            .ProducesErrors(StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<DeleteUserAnswer>, RedirectHttpResult, AuthErrorResult>> HandleAsync(
        [Description("The token from the mail.")] string? token,
        [Description("Where to go on to: a path, or an address at a trusted origin.")] string? callbackURL,
        HttpContext context,
        UserDeletion deletion,
        TrustedOrigins origins,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (callbackURL is not null && !origins.IsTrustedRedirect(callbackURL))
        {
            return AuthErrors.InvalidCallbackUrl;
        }

        if (context.GetSession() is not { } session)
        {
            return AuthErrors.UserInfoNotFound;
        }

        if (!await deletion.DeleteAsync(session.User, token ?? "", context, time.GetUtcNow(), cancellationToken))
        {
            return AuthErrors.InvalidDeletionToken;
        }

        return callbackURL is null ? TypedResults.Ok(DeleteUserAnswer.Deleted) : TypedResults.Redirect(callbackURL);
    }
}
