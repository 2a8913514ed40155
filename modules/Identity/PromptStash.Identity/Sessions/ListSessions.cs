using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Sessions;

internal static class ListSessions
{
    public static void MapListSessions(this IEndpointRouteBuilder auth) =>
        auth.MapGet("/list-sessions", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListSessions))
            .WithSummary("List your sessions that are not over, newest first")
            .WithDescription("Only within a day of the sign-in: what an old session may have lost should not show the others.")
            .WithResponseExample(new[] { SessionAnswer.Example })
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden);

    private static async Task<Results<Ok<List<SessionAnswer>>, AuthErrorResult>> HandleAsync(
        HttpContext context,
        IdentityDbContext db,
        IOptions<IdentityOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var session = context.GetRequiredSession();
        var now = time.GetUtcNow();
        if (!session.IsYoungerThan(options.Value.Session.FreshFor, now))
        {
            return AuthErrors.SessionNotFresh;
        }

        return TypedResults.Ok(await db.Sessions
            .Where(s => s.UserId == session.User.Id && s.ExpiresAt > now && s.AbsoluteExpiresAt > now)
            .OrderByDescending(s => s.Id)
            .Select(s => new SessionAnswer(
                s.Id, s.Id, s.UserId, s.ExpiresAt, s.IpAddress, s.UserAgent, s.CreatedAt, s.UpdatedAt))
            .ToListAsync(cancellationToken));
    }
}
