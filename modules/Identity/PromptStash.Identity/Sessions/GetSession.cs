using PromptStash.Identity.Http;

namespace PromptStash.Identity.Sessions;

internal static class GetSession
{
    public static void MapGetSession(this IEndpointRouteBuilder auth)
    {
        auth.MapGet("/get-session", Handle)
            .AllowAnonymous()
            .WithName(nameof(GetSession))
            .WithSummary("Get the session that the request carries, or null")
            .WithDescription("Prolongs a session that was last prolonged a day ago or earlier, unless disableRefresh is given.")
            .WithResponseExample(new SessionWithUserAnswer(SessionAnswer.Example, UserAnswer.Example));

        // The contract has this route for a mode that we do not offer, and an answer of its own to it.
        auth.MapPost("/get-session", RefusePost).AllowAnonymous().ExcludeFromDescription();
    }

    private static Results<Ok<SessionWithUserAnswer>, ContentHttpResult> Handle(
        HttpContext context, [Description("Look without prolonging the session.")] bool disableRefresh = false)
    {
        if (context.GetSession() is { } session)
        {
            return TypedResults.Ok(new SessionWithUserAnswer(SessionAnswer.Of(session), UserAnswer.Of(session.User)));
        }

        if (SecretCookie.Session.IsPresent(context.Request))
        {
            SecretCookie.Session.Clear(context);
        }

        return TypedResults.Text("null", BodyReader.Json);
    }

    private static AuthErrorResult RefusePost() => AuthErrors.MethodNotAllowed(
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED", "POST method requires deferSessionRefresh to be enabled in session config");
}
