using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Sessions;

internal static class RevokeSessions
{
    public static void MapRevokeSessions(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/revoke-sessions", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(RevokeSessions))
            .WithSummary("End all your sessions, this one too")
            .WithResponseExample(StatusAnswer.Done)
            .ProducesErrors(StatusCodes.Status401Unauthorized);

    private static async Task<Ok<StatusAnswer>> HandleAsync(
        AuthBody<NoFields> body, HttpContext context, IdentityDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = context.GetRequiredSession().User.Id;
        await db.Sessions.Where(s => s.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        db.AddSuccess(AuditTypes.SessionsRevoked, userId, context, time.GetUtcNow(), detail: "all");
        await db.SaveChangesAsync(cancellationToken);
        SecretCookie.Session.Clear(context);

        return TypedResults.Ok(StatusAnswer.Done);
    }
}
