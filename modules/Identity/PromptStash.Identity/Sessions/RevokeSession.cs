using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Sessions;

/// <summary>Which session to end.</summary>
/// <param name="Token">Its handle, as list-sessions shows it.</param>
internal sealed record RevokeSessionRequest(string Token) : IAuthRequest<RevokeSessionRequest>
{
    public static RevokeSessionRequest Read(BodyReader body) => new(body.String("token", maxLength: 100));
}

internal static class RevokeSession
{
    public static void MapRevokeSession(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/revoke-session", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(RevokeSession))
            .WithSummary("End one of your sessions")
            .WithDescription("The answer is the same for a session that is not there, or not yours.")
            .WithRequestExample(new { token = SessionAnswer.Example.Token })
            .WithResponseExample(StatusAnswer.Done)
            .ProducesErrors(StatusCodes.Status401Unauthorized);

    private static async Task<Ok<StatusAnswer>> HandleAsync(
        AuthBody<RevokeSessionRequest> body, HttpContext context, IdentityDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var current = context.GetRequiredSession();
        if (!Guid.TryParse(body.Value.Token, out var id))
        {
            return TypedResults.Ok(StatusAnswer.Done);
        }

        var ended = await db.Sessions.Where(s => s.Id == id && s.UserId == current.User.Id).ExecuteDeleteAsync(cancellationToken);
        if (ended > 0)
        {
            db.AddSuccess(AuditTypes.SessionsRevoked, current.User.Id, context, time.GetUtcNow(), detail: "one");
            await db.SaveChangesAsync(cancellationToken);
        }

        if (id == current.Id)
        {
            SecretCookie.Session.Clear(context);
        }

        return TypedResults.Ok(StatusAnswer.Done);
    }
}
