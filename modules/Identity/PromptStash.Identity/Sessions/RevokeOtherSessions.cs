using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Sessions;

internal static class RevokeOtherSessions
{
    public static void MapRevokeOtherSessions(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/revoke-other-sessions", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(RevokeOtherSessions))
            .WithSummary("End all your sessions but this one")
            .WithResponseExample(StatusAnswer.Done)
            .ProducesErrors(StatusCodes.Status401Unauthorized);

    private static async Task<Ok<StatusAnswer>> HandleAsync(
        AuthBody<NoFields> body, HttpContext context, IdentityDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var current = context.GetRequiredSession();
        await db.Sessions.Where(s => s.UserId == current.User.Id && s.Id != current.Id).ExecuteDeleteAsync(cancellationToken);
        db.AddSuccess(AuditTypes.SessionsRevoked, current.User.Id, context, time.GetUtcNow(), detail: "others");
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.Ok(StatusAnswer.Done);
    }
}
